"""Mean of the healthy scores and k standard deviations: the classic rule."""

import numpy as np
from numpy.typing import NDArray

from workers.thresholds.bootstrap import DRAWS, INTERVAL, SEED
from workers.thresholds.false_positives import false_positives, warning
from workers.thresholds.finite import positive
from workers.thresholds.sample import GroupedScores
from workers.thresholds.threshold import MeanSigma, Threshold


def mean_sigma(healthy: GroupedScores, k: float) -> Threshold:
    """Flag from ``k`` standard deviations above the healthy mean.

    How many healthy cells that flags depends on the shape of their scores: 1,350 per million at
    k = 3 were they normal, many more with the heavy tails of reconstruction errors.

    Parameters
    ----------
    healthy
        The scores.
    k
        > 0.

    Raises
    ------
    ThresholdError
        ``k`` is not positive, or the healthy scores there are not kept.
    """
    positive(k, "sigma")
    count = len(healthy.groups)
    value = float(_values(healthy, np.ones((1, count)), k)[0])
    rate = false_positives(healthy, value)
    return Threshold(
        value,
        MeanSigma(k),
        None if count == 1 else _interval(healthy, k),
        rate,
        healthy.count,
        warning(healthy, rate.per_million),
    )


def _interval(healthy: GroupedScores, k: float) -> tuple[float, float]:
    """Draw whole groups anew: the deviation of heavy tails hangs on few slides."""
    count = len(healthy.groups)
    chance = np.random.default_rng(SEED)
    times = chance.multinomial(count, np.full(count, 1 / count), DRAWS)
    low, high = np.quantile(_values(healthy, times, k), INTERVAL)
    return float(low), float(high)


def _values(
    healthy: GroupedScores, times: NDArray[np.float64] | NDArray[np.int64], k: float
) -> NDArray[np.float64]:
    """Give the rule's value with each group taken so many ``times``, (draws, groups)."""
    means = np.array([group.mean for group in healthy.groups])
    variances = np.array([group.deviation for group in healthy.groups]) ** 2
    weights = times * healthy.sizes()
    weights = weights / weights.sum(1, keepdims=True)
    mean = weights @ means
    within, between = weights @ variances, weights @ means**2 - mean**2
    return np.asarray(mean + k * np.sqrt(np.maximum(within + between, 0)))
