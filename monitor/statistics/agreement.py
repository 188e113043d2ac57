"""How far people who judge the same things agree, beyond what chance would do."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from monitor.statistics.intervals import Interval

RESAMPLES = 1000
Kappa = Callable[[NDArray[np.int64], NDArray[np.float64]], float]
"""From patterns of judgements, and how often each occurs, to a kappa."""


def cohens_kappa(pairs: NDArray[np.int64]) -> tuple[float, Interval] | None:
    """Give Cohen's kappa of two people [1]_, with its interval.

    Parameters
    ----------
    pairs
        (n, 2) int64: which category each of the two gave to each thing.

    Returns
    -------
    Kappa, and the 95 % percentile interval of the bootstrap over things [3]_; None where there are
    fewer than two things, or both gave all of them the same category, so that chance explains all.

    References
    ----------
    .. [1] J. Cohen, "A coefficient of agreement for nominal scales", Educ. Psychol. Meas. 20, 37-46
       (1960).
    .. [2] J. L. Fleiss, "Measuring nominal scale agreement among many raters", Psychol. Bull. 76,
       378-382 (1971).
    .. [3] B. Efron, R. J. Tibshirani, *An Introduction to the Bootstrap*, ch. 13 (1993).
    """
    return _with_interval(pairs, _cohen)


def fleiss_kappa(counts: NDArray[np.int64]) -> tuple[float, Interval] | None:
    """Give Fleiss' kappa of any number of people, with its interval.

    Where things were judged by different numbers of people, a pair of judgements of one thing
    counts as much as any other judgement's share in it, as in Fleiss' own formula of equal numbers.

    Parameters
    ----------
    counts
        (n, k) int64: how many people gave each thing each of k categories; two or more a thing.

    Returns
    -------
    As :func:`cohens_kappa`.
    """
    return _with_interval(counts, _fleiss)


def _with_interval(rows: NDArray[np.int64], kappa: Kappa) -> tuple[float, Interval] | None:
    if len(rows) < 2:  # noqa: PLR2004 - one thing says nothing of the next
        return None
    patterns, times = np.unique(rows, axis=0, return_counts=True)
    value = kappa(patterns, times.astype(np.float64))
    if not np.isfinite(value):
        return None
    drawn = np.random.default_rng(0).multinomial(len(rows), times / len(rows), RESAMPLES)
    values = np.array([kappa(patterns, weights.astype(np.float64)) for weights in drawn])
    low, high = np.quantile(values[np.isfinite(values)], (0.025, 0.975))
    return value, (min(float(low), value), max(float(high), value))


def _cohen(pairs: NDArray[np.int64], weights: NDArray[np.float64]) -> float:
    total = weights.sum()
    observed = weights[pairs[:, 0] == pairs[:, 1]].sum() / total
    categories = int(pairs.max()) + 1
    one, other = (
        np.bincount(pairs[:, side], weights, categories) / total for side in range(pairs.shape[1])
    )
    return _beyond_chance(float(observed), float(one @ other))


def _fleiss(counts: NDArray[np.int64], weights: NDArray[np.float64]) -> float:
    people = counts.sum(1)
    equal = (counts * (counts - 1)).sum(1) / (people * (people - 1))
    observed = weights @ equal / weights.sum()
    shares = weights @ counts / (weights @ people)
    return _beyond_chance(float(observed), float(shares @ shares))


def _beyond_chance(observed: float, by_chance: float) -> float:
    return (observed - by_chance) / (1 - by_chance) if by_chance < 1 else float("nan")
