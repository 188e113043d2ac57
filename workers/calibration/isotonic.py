"""Isotonic calibration: the rising step curve that fits labelled cells best."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression

from workers.calibration.calibration import Calibration, check_prevalence
from workers.thresholds.finite import finite

HALF_A_CELL = 0.5


def isotonic(
    healthy: ArrayLike, infected: ArrayLike, prevalence: float = 0.5, cells: str = ""
) -> Calibration:
    """Fit by pooling adjacent violators [1]_ [2]_.

    A block of infected cells alone would be certain; the probability of n healthy cells of
    which none scores so high is bounded as if half a cell did.

    Parameters
    ----------
    healthy, infected
        Scores, (n,) and (m,).
    prevalence
        Infected share for which the curve holds, in (0, 1): a class counts as a whole with this
        weight, however many cells of it there are.
    cells
        Which cells these are, in words.

    Raises
    ------
    ThresholdError
        A score is missing or not finite, or the prevalence is no share.

    References
    ----------
    .. [1] B. Zadrozny and C. Elkan, "Transforming classifier scores into accurate multiclass
       probability estimates", KDD (2002).
    .. [2] M. Ayer et al., "An empirical distribution function for sampling with incomplete
       information", Ann. Math. Stat. 26, 641-647 (1955).
    """
    check_prevalence(prevalence)
    well, ill = finite(healthy, "healthy cells"), finite(infected, "infected cells")
    scores, places = np.unique(np.concatenate([well, ill]), return_inverse=True)
    ill_weight = np.bincount(places[len(well) :], minlength=len(scores)) * prevalence / len(ill)
    well_weight = np.bincount(places[: len(well)], minlength=len(scores)) * (1 - prevalence)
    weight = ill_weight + well_weight / len(well)
    fitted = isotonic_regression(ill_weight / weight, weights=weight).x
    least = HALF_A_CELL / (len(ill) + 1)
    most = HALF_A_CELL / (len(well) + 1)
    low = prevalence * least / (prevalence * least + (1 - prevalence))
    high = prevalence / (prevalence + (1 - prevalence) * most)
    chances = np.clip(fitted, low, high)
    ends = _block_ends(chances)
    return Calibration(
        "isotonic",
        tuple(scores[ends].tolist()),
        tuple(chances[ends].tolist()),
        prevalence,
        cells,
    )


def _block_ends(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which values begin or end a run of equal ones, (n,) bool."""
    changes = np.diff(values) != 0
    edge = np.array([True])
    return np.asarray(np.concatenate([edge, changes]) | np.concatenate([changes, edge]))
