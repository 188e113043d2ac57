"""Moves a threshold with the stain of one slide, by the bulk of the slide's own scores."""

from typing import Literal

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workers.thresholds.threshold import ThresholdError

Space = Literal["logarithmic", "linear", "log-odds"]
LEVELS = np.linspace(0.1, 0.5, 17)
"""Low quantiles: infected cells, which score high, hardly move them."""
UPPER = 0.95
LEAST_CELLS = 1000
MOST_INFECTED = 0.3
MOST_SHIFT = 0.5
MOST_WITHOUT_VALUE = 0.05
"""Share of scores without a value in the space; below it they reach no level."""
ROUNDS = 20


class Adaptation(msgspec.Struct, frozen=True):
    """A threshold moved with a slide, or why it was not.

    Attributes
    ----------
    threshold
        To use: the moved one, or where ``refused`` says why not, the given one.
    given
        The threshold before.
    shift
        How far healthy scores of the slide lie above those of the model: their factor where
        ``space`` is logarithmic, else a difference, of log odds or of scores; None where it
        could not be found.
    space
        In what scores are shifted.
    cells
        Scored cells of the slide.
    infected_share
        Cells that score above what healthy ones do, a rough share in [0, 1]; None where the
        shift could not be found.
    refused
        Why the threshold stays, in a sentence; None where it moved.
    """

    threshold: float
    given: float
    shift: float | None
    space: Space
    cells: int
    infected_share: float | None
    refused: str | None


def adapt(
    scores: ArrayLike, healthy_quantiles: ArrayLike, threshold: float, space: Space
) -> Adaptation:
    """Move a threshold by what sets a slide's healthy cells apart from the model's.

    The shift is the mean distance of the slide's quantiles from those of the model, between 10
    and 50 %. With a share p of infected cells, which score high, the slide's quantile at q is
    the healthy one at q / (1 - p); p is what scores above the shifted 95 % quantile beyond the
    expected 5 %. Shift and share are found in turns.

    Parameters
    ----------
    scores
        (n,) of the slide; NaN, cells without a score, are left out.
    healthy_quantiles
        (q,) the model's healthy scores at evenly spaced quantiles 0, ..., 1.
    threshold
        To move.
    space
        In what a change of stain adds: errors and distances grow by a factor
        (``"logarithmic"``), learned scores in their log odds (``"log-odds"``), logits,
        standardised and combined scores by a difference (``"linear"``).

    Raises
    ------
    ThresholdError
        The quantiles or the threshold do not lie in the space: negative ones have no logarithm.

    Notes
    -----
    It stays as it is with fewer than 1,000 scored cells; where more than 30 % of them look
    infected, as then a stain cannot be told from an infection; and where the shift is more than
    half of the way from the healthy median to the threshold, as so strange a slide is none for
    this model.
    """
    values = np.asarray(scores, np.float64)
    values = values[~np.isnan(values)]
    if len(values) < LEAST_CELLS:
        said = f"the slide has {len(values):,} scored cells; {LEAST_CELLS:,} are needed"
        return Adaptation(threshold, threshold, None, space, len(values), None, said)
    healthy, at = into(np.asarray(healthy_quantiles), space), into(np.array([threshold]), space)
    if not (np.isfinite(healthy[1:]).all() and np.isfinite(at).all()):
        raise ThresholdError(f"threshold or healthy quantiles have no {space} value: not adapted")
    placed = into(values, space)
    if np.isinf(placed).mean() >= MOST_WITHOUT_VALUE:
        said = f"many scores of the slide have no {space} value"
        return Adaptation(threshold, threshold, None, space, len(values), None, said)
    shift, share = _found(placed, healthy)
    reach = MOST_SHIFT * float(at[0] - np.quantile(healthy, 0.5))
    moved = float(_back(at + shift, space)[0])
    refused = _refused(shift, share, reach)
    shown = float(np.exp(shift)) if space == "logarithmic" else shift
    used = moved if refused is None else threshold
    return Adaptation(used, threshold, shown, space, len(values), share, refused)


def into(scores: NDArray[np.float64], space: Space) -> NDArray[np.float64]:
    """Give scores in a space; minus infinity where they have no value there."""
    if space == "linear":
        return scores
    with np.errstate(divide="ignore", invalid="ignore"):
        # A learned score is the softplus of log odds.
        odds = np.log(scores) if space == "logarithmic" else scores + np.log(-np.expm1(-scores))
    return np.where(scores > 0, odds, -np.inf)


def _back(values: NDArray[np.float64], space: Space) -> NDArray[np.float64]:
    if space == "linear":
        return values
    return np.asarray(np.exp(values) if space == "logarithmic" else np.logaddexp(0, values))


def _found(values: NDArray[np.float64], healthy: NDArray[np.float64]) -> tuple[float, float]:
    """Find shift and infected share in turns."""
    ranks = np.linspace(0, 1, len(healthy))
    ordered = np.sort(values)
    upper = float(np.interp(UPPER, ranks, healthy))
    found = np.quantile(ordered, LEVELS)
    shift, share = 0.0, 0.0
    for _ in range(ROUNDS):
        expected = np.interp(np.minimum(LEVELS / (1 - share), 1), ranks, healthy)
        shift = float((found - expected).mean())
        beyond = 1 - np.searchsorted(ordered, upper + shift) / len(ordered)
        share = float(np.clip((beyond - (1 - UPPER)) / UPPER, 0, 0.5))
    return shift, share


def _refused(shift: float, share: float, reach: float) -> str | None:
    if share > MOST_INFECTED:
        return f"{share:.0%} of the cells score above healthy ones: a stain or an infection"
    if abs(shift) > reach:
        return "the slide's cells differ too much from those that the model knows"
    return None
