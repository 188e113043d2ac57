"""A calibration curve: from an anomaly score to the probability that the cell is infected."""

from typing import Literal

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workers.thresholds.threshold import ThresholdError


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rising curve, straight between its knots and level beyond them.

    Attributes
    ----------
    method
        How it was found: ``isotonic`` or ``platt``.
    scores, probabilities
        The knots; scores rise, probabilities do not fall and lie inside (0, 1).
    prevalence
        Infected share of cells for which the probabilities hold, in (0, 1).
    cells
        Which cells it was made with, in words.
    """

    method: Literal["isotonic", "platt"]
    scores: tuple[float, ...]
    probabilities: tuple[float, ...]
    prevalence: float
    cells: str = ""

    def problem(self) -> str | None:
        """Say what is wrong with the values, None where nothing is."""
        scores, chances = np.array(self.scores), np.array(self.probabilities)
        if not len(scores) == len(chances) > 0:
            return "scores and probabilities must be as many, at least 1"
        if not (np.isfinite(scores).all() and (np.diff(scores) > 0).all()):
            return "scores must be finite and rise"
        if not ((chances > 0).all() and (chances < 1).all() and (np.diff(chances) >= 0).all()):
            return "probabilities must lie inside 0..1 and not fall"
        return None if 0 < self.prevalence < 1 else "prevalence must lie inside 0..1"


def probability(
    scores: ArrayLike, calibration: Calibration, prevalence: float | None = None
) -> NDArray[np.float64]:
    """Give the probability that each cell is infected.

    Parameters
    ----------
    scores
        (n,); NaN, a cell without a score, stays NaN.
    calibration
        The curve.
    prevalence
        Infected share of the cells at hand, in (0, 1): the odds are re-weighted to it by Bayes'
        rule [1]_. None: that of the curve.

    Returns
    -------
    (n,) float64 inside (0, 1), or NaN.

    Raises
    ------
    ThresholdError
        ``prevalence`` does not lie within 0 and 1.

    References
    ----------
    .. [1] M. Saerens, P. Latinne and C. Decaestecker, "Adjusting the outputs of a classifier to
       new a priori probabilities", Neural Computation 14, 21-41 (2002).
    """
    wanted = calibration.prevalence if prevalence is None else prevalence
    check_prevalence(wanted)
    known = np.interp(np.asarray(scores, np.float64), calibration.scores, calibration.probabilities)
    odds = known / (1 - known) * _odds(wanted) / _odds(calibration.prevalence)
    return np.asarray(odds / (1 + odds))


def check_prevalence(prevalence: float) -> None:
    """Refuse a prevalence that is no share.

    Raises
    ------
    ThresholdError
        It does not lie inside 0 and 1.
    """
    if not 0 < prevalence < 1:
        raise ThresholdError(f"prevalence {prevalence:g} must lie within 0 and 1")


def _odds(share: float) -> float:
    return share / (1 - share)
