"""A threshold follows the stain of a slide, and no infection."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.score_settings import Part, ScoreSettings
from workers.thresholds.adapt import Space, adapt
from workers.thresholds.space import space_of
from workers.thresholds.threshold import ThresholdError

CELLS = 5000
STAIN = 0.6
SPACES: tuple[Space, ...] = ("logarithmic", "linear", "log-odds")


def in_space(values: np.ndarray, space: Space) -> np.ndarray:
    if space == "linear":
        return values
    return np.exp(values) if space == "logarithmic" else np.logaddexp(0, values)


def model(space: Space) -> tuple[np.ndarray, float]:
    """Healthy quantiles, and a threshold three deviations above the mean."""
    healthy = np.random.default_rng(0).normal(0, 1, 20_000)
    quantiles = np.quantile(in_space(healthy, space), np.linspace(0, 1, 101))
    return quantiles, float(in_space(np.array([3.0]), space)[0])


def slide(space: Space, shift: float, infected: float, seed: int = 1) -> np.ndarray:
    """Scores of a slide whose infected cells lie 3.5 deviations above healthy ones."""
    chance = np.random.default_rng(seed)
    ill = chance.random(CELLS) < infected
    return in_space(chance.normal(shift, 1, CELLS) + 3.5 * ill, space)


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("shift", [-1.0, 0.0, 1.0])
def test_a_shift_of_all_scores_moves_the_threshold_alike(space: Space, shift: float) -> None:
    quantiles, threshold = model(space)
    found = adapt(slide(space, shift, 0), quantiles, threshold, space)
    expected = float(in_space(np.array([3.0 + shift]), space)[0])
    assert found.refused is None
    assert found.threshold == pytest.approx(expected, rel=0.12)


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("infected", [0.0, 0.02, 0.1, 0.2, 0.3, 0.4])
@pytest.mark.parametrize("shift", [0.0, STAIN])
def test_infected_cells_hardly_raise_the_threshold(
    space: Space, infected: float, shift: float
) -> None:
    quantiles, threshold = model(space)
    found = adapt(slide(space, shift, infected), quantiles, threshold, space)
    highest = in_space(np.array([3.0 + shift + 0.15]), space)[0]
    assert found.threshold <= highest
    if infected == 0.4:
        assert found.threshold == threshold
        assert "score above healthy ones" in found.refused


@settings(max_examples=25, deadline=None)
@given(st.floats(0.7, 1.4), st.integers(0, 1000))
def test_the_flags_do_not_depend_on_the_unit_of_the_slide(factor: float, seed: int) -> None:
    quantiles, threshold = model("logarithmic")
    scores = slide("logarithmic", 0, 0.1, seed)
    first = adapt(scores, quantiles, threshold, "logarithmic")
    other = adapt(scores * factor, quantiles, threshold, "logarithmic")
    assert other.threshold == pytest.approx(first.threshold * factor)
    assert other.shift == pytest.approx(first.shift * factor)


def test_few_cells_leave_the_threshold_alone() -> None:
    quantiles, threshold = model("linear")
    scores = np.concatenate([slide("linear", 1, 0)[:999], [np.nan] * 50])
    found = adapt(scores, quantiles, threshold, "linear")
    assert (found.threshold, found.cells, found.shift) == (threshold, 999, None)
    assert "999 scored cells; 1,000 are needed" in found.refused


@pytest.mark.parametrize("shift", [-2.0, 2.0])
def test_a_slide_unlike_all_others_leaves_the_threshold_alone(shift: float) -> None:
    quantiles, threshold = model("linear")
    found = adapt(slide("linear", shift, 0), quantiles, threshold, "linear")
    assert found.threshold == threshold
    assert found.shift == pytest.approx(shift, abs=0.1)
    assert "differ too much" in found.refused


def test_scores_without_a_logarithm_are_refused() -> None:
    quantiles, threshold = model("linear")
    with pytest.raises(ThresholdError, match="no logarithmic value"):
        adapt(slide("linear", 0, 0), quantiles, threshold, "logarithmic")


@pytest.mark.parametrize(("zeros", "moves"), [(0.02, True), (0.2, False)])
def test_scores_of_zero_move_nothing_where_they_are_many(zeros: float, moves: bool) -> None:
    quantiles, threshold = model("logarithmic")
    scores = slide("logarithmic", STAIN, 0)
    scores[: int(zeros * CELLS)] = 0
    found = adapt(scores, quantiles, threshold, "logarithmic")
    assert (found.threshold > threshold) == moves
    assert (found.refused is None) == moves


def test_the_space_follows_from_the_score() -> None:
    score = ScoreSettings("top", "darker", 4, 3)
    assert space_of(score) == "logarithmic"
    assert space_of(ScoreSettings("top", "learned", 4, 3)) == "log-odds"
    assert space_of(ScoreSettings("logit", "darker", 4, 3)) == "linear"
    assert space_of(ScoreSettings("top", "darker", 4, 3, standardised=True)) == "linear"
    assert space_of(ScoreSettings("combined", "learned", 4, 3, parts=(Part(score),))) == "linear"
