import pytest

from monitor.statistics import wilson_interval


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_it_gives_the_published_intervals(successes, trials, low, high):
    assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_it_is_symmetric_and_reaches_its_ends_exactly():
    low, high = wilson_interval(3, 50)
    assert wilson_interval(47, 50) == pytest.approx((1 - high, 1 - low))
    assert wilson_interval(0, 7)[0] == 0.0
    assert wilson_interval(7, 7)[1] == 1.0


def test_more_confidence_is_wider():
    narrow, wide = wilson_interval(5, 100, 0.9), wilson_interval(5, 100, 0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_no_trials_give_no_interval():
    assert wilson_interval(0, 0) is None


@pytest.mark.parametrize(
    ("successes", "trials", "confidence"),
    [(-1, 5, 0.95), (6, 5, 0.95), (1, 5, 0.0), (1, 5, 1.0)],
)
def test_it_refuses_what_makes_no_sense(successes, trials, confidence):
    with pytest.raises(ValueError, match="must lie within"):
        wilson_interval(successes, trials, confidence)
