"""How often a threshold errs, with uncertainty: what corrects the counts of a slide."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from workers.calibration.error_rate import ErrorRate, ErrorRates
from workers.thresholds.sample import GroupedScores
from workers.thresholds.threshold import ThresholdError

CONFIDENCE = 0.95


def error_rates(threshold: float, healthy: GroupedScores, infected: GroupedScores) -> ErrorRates:
    """Count errors at a threshold.

    Parameters
    ----------
    threshold
        Score from which a cell is flagged.
    healthy, infected
        Scores; of the infected cells all.

    Raises
    ------
    ThresholdError
        The scores there were not kept.
    """
    if not infected.whole or not (healthy.whole or threshold >= healthy.tail[0]):
        raise ThresholdError(f"the scores around {threshold:g} are not kept; give labelled cells")
    flagged = np.array(healthy.tail) >= threshold
    missed = np.array(infected.tail) < threshold
    return ErrorRates(
        threshold,
        error_rate(healthy.errors(flagged), healthy.sizes()),
        error_rate(infected.errors(missed), infected.sizes()),
        f"{healthy.cells}; {infected.cells}",
    )


def error_rate(errors: NDArray[np.int64], cells: NDArray[np.int64]) -> ErrorRate:
    """Give the share of wrong cells with the Jeffreys interval of the effective sample size.

    The variance between groups says how much less a cell tells than an independent one (the
    design effect [1]_); the Jeffreys interval [2]_ of that many cells covers also where no cell
    is wrong, as a bootstrap does not.

    Parameters
    ----------
    errors, cells
        How many of how many in each slide or patient, (g,) int64.

    References
    ----------
    .. [1] J. N. K. Rao and A. J. Scott, "A simple method for the analysis of clustered binary
       data", Biometrics 48, 577-585 (1992).
    .. [2] L. D. Brown, T. T. Cai and A. DasGupta, "Interval estimation for a binomial
       proportion", Stat. Sci. 16, 101-133 (2001).
    """
    wrong, count = int(errors.sum()), int(cells.sum())
    rate = wrong / count
    effective = count / _design_effect(errors, cells, rate)
    low, high = _jeffreys(rate * effective, effective)
    return ErrorRate(wrong, count, rate, low, high, effective)


def _design_effect(errors: NDArray[np.int64], cells: NDArray[np.int64], rate: float) -> float:
    groups = len(cells)
    if groups == 1 or rate in {0.0, 1.0}:
        return 1.0
    between = groups / (groups - 1) * float(((errors - rate * cells) ** 2).sum())
    return max(between / (float(cells.sum()) * rate * (1 - rate)), 1.0)


def _jeffreys(errors: float, cells: float) -> tuple[float, float]:
    tail = (1 - CONFIDENCE) / 2
    parameters = errors + 0.5, cells - errors + 0.5
    low = 0.0 if errors == 0 else float(betaincinv(*parameters, tail))
    high = 1.0 if errors == cells else float(betaincinv(*parameters, 1 - tail))
    return low, high
