"""Platt's calibration: a logistic curve, for samples too small to draw one freely."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit

from workers.calibration.calibration import Calibration, check_prevalence
from workers.thresholds.finite import finite

KNOTS = 65
EDGE = 1e-9


def platt(
    healthy: ArrayLike, infected: ArrayLike, prevalence: float = 0.5, cells: str = ""
) -> Calibration:
    """Fit a logistic curve, with Platt's smoothed targets against over-confidence [1]_.

    Reconstruction errors spread over orders of magnitude; where all scores are positive the
    curve is logistic in their logarithm, else in the scores themselves.

    Parameters
    ----------
    healthy, infected
        Scores, (n,) and (m,).
    prevalence
        Infected share for which the curve holds, in (0, 1); classes are weighted to it.
    cells
        Which cells these are, in words.

    Raises
    ------
    ThresholdError
        A score is missing or not finite, or the prevalence is no share.

    References
    ----------
    .. [1] J. Platt, "Probabilistic outputs for support vector machines", Advances in Large
       Margin Classifiers, MIT Press (1999).
    """
    check_prevalence(prevalence)
    well, ill = finite(healthy, "healthy cells"), finite(infected, "infected cells")
    scores = np.concatenate([well, ill])
    logarithmic = bool(scores.min() > 0)
    used = np.log(scores) if logarithmic else scores
    targets = np.repeat(
        [1 / (len(well) + 2), (len(ill) + 1) / (len(ill) + 2)], [len(well), len(ill)]
    )
    weights = np.repeat(
        [(1 - prevalence) / len(well), prevalence / len(ill)], [len(well), len(ill)]
    )
    slope, offset = _fit(used, targets, weights)
    knots = np.unique(np.quantile(used, np.linspace(0, 1, KNOTS)))
    chances = np.clip(expit(slope * knots + offset), EDGE, 1 - EDGE)
    at = np.exp(knots) if logarithmic else knots
    return Calibration("platt", tuple(at.tolist()), tuple(chances.tolist()), prevalence, cells)


def _fit(
    scores: NDArray[np.float64], targets: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[float, float]:
    """Give slope, not below 0, and offset of the logistic curve with the least cross-entropy."""
    centre, spread = scores.mean(), scores.std() or 1.0
    standard = (scores - centre) / spread

    def loss(curve: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = curve[0] * standard + curve[1]
        wrong = weights * (expit(logits) - targets)
        entropy = weights @ (np.logaddexp(0, logits) - targets * logits)
        return float(entropy), np.array([wrong @ standard, wrong.sum()])

    found = minimize(
        loss, [1.0, 0.0], jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None)]
    )
    slope = float(found.x[0] / spread)
    return slope, float(found.x[1] - slope * centre)
