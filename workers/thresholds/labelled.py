"""Thresholds that are best on labelled cells: the search that F-beta and Youden share."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from workers.thresholds.bootstrap import INTERVAL, redrawn, redrawn_cells
from workers.thresholds.false_positives import false_positives, warning
from workers.thresholds.sample import GroupedScores
from workers.thresholds.tail import Tail
from workers.thresholds.threshold import AnyRule, Threshold, ThresholdError

Goodness = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]
"""From sensitivities and false-positive rates, (m,) each, to what is to be large, (m,)."""
DRAWS = 200


def best(
    healthy: GroupedScores, infected: GroupedScores, rule: AnyRule, goodness: Goodness
) -> Threshold:
    """Flag from the infected cell's score at which ``goodness`` is largest.

    A threshold between two infected cells flags more healthy ones and no more infected ones, so
    only the scores of infected cells come into question; of equally good ones the highest.

    Raises
    ------
    ThresholdError
        Not all scores were kept.
    """
    if not (healthy.whole and infected.whole):
        raise ThresholdError("the best threshold needs all scores; give labelled cells")
    value = _best(Tail.of(healthy), np.array(infected.tail), goodness)
    drawn = [
        _best(tail, cells, goodness)
        for tail, cells in zip(redrawn(healthy, DRAWS), redrawn_cells(infected), strict=False)
    ]
    low, high = np.quantile([value, *drawn], INTERVAL)
    rate = false_positives(healthy, value)
    return Threshold(
        value,
        rule,
        (min(float(low), value), max(float(high), value)),
        rate,
        healthy.count,
        warning(healthy, rate.per_million),
    )


def _best(tail: Tail, infected: NDArray[np.float64], goodness: Goodness) -> float:
    sensitivity = 1 - np.searchsorted(infected, infected, "left") / len(infected)
    good = goodness(sensitivity, tail.rates(infected))
    return float(infected[np.flatnonzero(good == good.max())[-1]])
