"""Positive, negative, undecided, and how many more cells."""

import pytest

from monitor.statistics import Bounds, ErrorsDrawn, HealthySlides, Sensitivity, cells_to_decide

FIVE_MILLION = 5_000_000
TARGET = 200 / FIVE_MILLION


def clean():
    """A model that flags one healthy cell in a million, known from many slides."""
    slides = HealthySlides((1, 0, 2, 1, 1, 0, 1, 2, 1, 1) * 4, (1_000_000,) * 40)
    return ErrorsDrawn.of(slides, Sensitivity(0.95, 2000.0))


def shipped():
    return ErrorsDrawn.of(
        HealthySlides((0, 3, 6, 1), (1271, 1408, 1394, 816)), Sensitivity(0.76, 229.0)
    )


def test_far_more_flagged_than_the_blank_is_positive():
    bounds = Bounds.of(clean(), TARGET, 0.95)
    assert bounds.call(12, 100_000) == "positive"


def test_nothing_flagged_for_long_is_negative():
    bounds = Bounds.of(clean(), TARGET, 0.95)
    assert bounds.call(0, 1000) == "undecided"
    assert bounds.call(0, 1_000_000) == "negative"
    assert bounds.excluded(0, 1_000_000) < TARGET < bounds.excluded(0, 1000)


def test_the_cells_to_decide_do_decide():
    bounds = Bounds.of(clean(), TARGET, 0.95)
    needed = cells_to_decide(0, 0, bounds)
    assert 100_000 < needed < 2_000_000
    for parasitemia in (0.0, TARGET):
        share = bounds.typical_at(parasitemia)
        assert bounds.call(share * needed * 1.02, needed * 1.02) != "undecided"
    assert any(
        bounds.call(bounds.typical_at(p) * needed * 0.9, needed * 0.9) == "undecided"
        for p in (0.0, TARGET)
    )


def test_cells_that_tell_less_are_needed_in_greater_number():
    bounds = Bounds.of(clean(), TARGET, 0.95)
    plain = cells_to_decide(0, 0, bounds)
    assert cells_to_decide(0, 0, bounds, design_effect=2.0) == pytest.approx(2 * plain, rel=0.05)


def test_they_grow_fewer_as_cells_are_counted():
    bounds = Bounds.of(clean(), TARGET, 0.95)
    left = [
        cells_to_decide(round(cells * 1e-6), cells, bounds) for cells in (0, 100_000, 1_000_000)
    ]
    assert left[0] > left[1] > left[2] == 0


def test_the_shipped_model_cannot_decide_at_200():
    bounds = Bounds.of(shipped(), TARGET, 0.95)
    assert cells_to_decide(0, 0, bounds) is None
    assert cells_to_decide(10, 5_000, bounds) is None
    assert bounds.decidable_from() * FIVE_MILLION > 50_000


def test_above_what_it_can_decide_cells_are_given():
    least = Bounds.of(shipped(), TARGET, 0.95).decidable_from()
    assert cells_to_decide(0, 0, Bounds.of(shipped(), 1.5 * least, 0.95)) > 0
    assert cells_to_decide(0, 0, Bounds.of(shipped(), 0.9 * least, 0.95)) is None


def test_the_shipped_model_calls_a_heavy_infection_and_no_mild_one():
    bounds = Bounds.of(shipped(), TARGET, 0.95)
    assert bounds.call(300, 3000) == "positive"
    assert bounds.call(10, 3000) == "undecided"


def test_a_stated_limit_of_blank_replaces_the_models():
    bounds = Bounds.of(shipped(), TARGET, 0.95, blank_rate=0.005)
    assert bounds.blank == 0.005
    assert bounds.call(60, 3000) == "positive"
    assert Bounds.of(shipped(), TARGET, 0.95).call(60, 3000) == "undecided"


def test_more_confidence_asks_for_more():
    sure, surer = (Bounds.of(clean(), TARGET, level) for level in (0.9, 0.999))
    assert surer.blank > sure.blank
    assert cells_to_decide(0, 0, surer) > cells_to_decide(0, 0, sure)


def test_nothing_is_excluded_before_the_first_cell():
    assert Bounds.of(clean(), TARGET, 0.95).excluded(0, 0) is None


@pytest.mark.parametrize("flagged", [0, 3, 50])
def test_what_is_excluded_shrinks_with_the_cells(flagged):
    bounds = Bounds.of(clean(), TARGET, 0.95)
    assert bounds.excluded(flagged, 100_000) > bounds.excluded(flagged, 200_000)
