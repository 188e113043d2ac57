"""Probabilities and error rates against distributions whose truth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from workers.calibration.calibrate import calibrate
from workers.calibration.calibration import Calibration, probability
from workers.calibration.error_rates import error_rate, error_rates
from workers.calibration.isotonic import isotonic
from workers.calibration.platt import platt
from workers.thresholds.sample import GroupedScores
from workers.thresholds.threshold import ThresholdError

SHIFT = 2.0


def two_kinds(cells: int = 5000) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(0)
    return chance.normal(0, 1, cells), chance.normal(SHIFT, 1, cells // 4)


def truth(scores: np.ndarray, prevalence: float) -> np.ndarray:
    ill, well = stats.norm(SHIFT).pdf(scores), stats.norm(0).pdf(scores)
    return prevalence * ill / (prevalence * ill + (1 - prevalence) * well)


@pytest.mark.parametrize("method", [isotonic, platt])
@pytest.mark.parametrize("prevalence", [0.5, 0.05])
def test_probabilities_are_those_of_bayes(method, prevalence) -> None:
    scores = np.linspace(-0.5, 2.5, 20)
    curve = method(*two_kinds(), 0.5)
    given_share = probability(scores, curve, prevalence)
    assert np.abs(given_share - truth(scores, prevalence)).max() < 0.1
    assert np.abs(given_share - truth(scores, prevalence)).mean() < 0.03


@pytest.mark.parametrize("method", [isotonic, platt])
def test_where_a_curve_was_fitted_makes_no_difference(method) -> None:
    scores = np.linspace(-0.5, 2.5, 20)
    one, other = (probability(scores, method(*two_kinds(), at), 0.02) for at in (0.5, 0.1))
    np.testing.assert_allclose(one, other, atol=0.02)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(-100, 100), min_size=1, max_size=30),
    st.lists(st.floats(-100, 100), min_size=1, max_size=30),
)
def test_probabilities_rise_with_the_score_and_are_never_certain(healthy, infected) -> None:
    for method in (isotonic, platt):
        curve = method(healthy, infected)
        assert curve.problem() is None
        found = probability(np.linspace(-200, 200, 99), curve)
        assert (np.diff(found) >= 0).all()
        assert (found > 0).all()
        assert (found < 1).all()


def test_few_cells_get_the_stiff_curve() -> None:
    assert calibrate([1.0] * 50, [2.0] * 50).method == "platt"
    assert calibrate(*two_kinds()).method == "isotonic"


def test_a_cell_without_a_score_gets_no_probability() -> None:
    assert np.isnan(probability([np.nan], calibrate(*two_kinds()))).all()


@pytest.mark.parametrize("prevalence", [0.0, 1.0, -0.1, float("nan")])
def test_a_prevalence_that_is_no_share_is_refused(prevalence: float) -> None:
    with pytest.raises(ThresholdError, match="prevalence"):
        isotonic([1.0], [2.0], prevalence)
    with pytest.raises(ThresholdError, match="prevalence"):
        probability([1.0], isotonic([1.0], [2.0]), prevalence)


@pytest.mark.parametrize(
    "curve",
    [
        Calibration("platt", (), (), 0.5),
        Calibration("platt", (1.0, 1.0), (0.1, 0.2), 0.5),
        Calibration("platt", (1.0, 2.0), (0.3, 0.2), 0.5),
        Calibration("platt", (1.0,), (1.0,), 0.5),
        Calibration("platt", (1.0,), (0.5,), 0.0),
    ],
)
def test_a_broken_curve_is_told(curve: Calibration) -> None:
    assert curve.problem()


def test_errors_are_counted_on_both_sides() -> None:
    healthy = GroupedScores.of([0.0, 1.0, 2.0, 3.0], cells="healthy ones")
    infected = GroupedScores.of([1.0, 3.0], cells="ill ones")
    rates = error_rates(2.0, healthy, infected)
    assert (rates.false_positive.errors, rates.false_positive.cells) == (2, 4)
    assert (rates.false_negative.errors, rates.false_negative.cells) == (1, 2)
    assert rates.cells == "healthy ones; ill ones"
    assert error_rates(2.0, healthy.largest(2), infected).false_positive == rates.false_positive
    with pytest.raises(ThresholdError, match="not kept"):
        error_rates(1.0, healthy.largest(2), infected)


def test_the_interval_of_a_rate_covers_it() -> None:
    chance = np.random.default_rng(0)
    cells = np.full(10, 200)
    found = [error_rate(chance.binomial(cells, 0.02), cells) for _ in range(200)]
    assert np.mean([one.low <= 0.02 <= one.high for one in found]) > 0.9


def test_cells_of_unlike_slides_are_worth_fewer() -> None:
    cells = np.full(10, 200)
    unlike = error_rate(np.array([0, 0, 0, 0, 0, 0, 0, 0, 20, 20]), cells)
    alike = error_rate(np.full(10, 4), cells)
    assert alike.effective_cells == 2000
    assert unlike.effective_cells < 200
    assert unlike.high > alike.high


def test_no_error_seen_is_not_no_error() -> None:
    rate = error_rate(np.array([0]), np.array([100]))
    assert (rate.rate, rate.low) == (0, 0)
    assert 0.01 < rate.high < 0.05
