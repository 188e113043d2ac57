"""How many cells are flagged from each score on: what every figure and plot is made of."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Rates = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """Infected and healthy cells at or above each score that occurs.

    Attributes
    ----------
    thresholds
        (k,) float32, falling: every score that occurs, once.
    true_positives, false_positives
        (k,) int64: infected and healthy cells that score at least so much.
    """

    thresholds: NDArray[np.float32]
    true_positives: Counts
    false_positives: Counts

    @classmethod
    def of(cls, scores: NDArray[np.float32], infected: NDArray[np.bool_]) -> Self:
        """Count cells by their finite scores, (n,) float32, and whether they are (n,) infected."""
        ranking = Ranking.of(scores)
        chosen = infected[ranking.order]
        return cls(ranking.thresholds, ranking.counts(chosen), ranking.counts(~chosen))

    @property
    def infected(self) -> int:
        """All infected cells."""
        return int(self.true_positives[-1]) if len(self.true_positives) else 0

    @property
    def healthy(self) -> int:
        """All healthy cells."""
        return int(self.false_positives[-1]) if len(self.false_positives) else 0

    @property
    def sensitivities(self) -> Rates:
        """Share of the infected cells flagged at each threshold, (k,) float64."""
        return self.true_positives / self.infected

    @property
    def false_positive_rates(self) -> Rates:
        """Share of the healthy cells flagged at each threshold, (k,) float64."""
        return self.false_positives / self.healthy

    @property
    def precisions(self) -> Rates:
        """Share of the flagged cells that are infected, at each threshold, (k,) float64."""
        flagged = self.true_positives + self.false_positives
        # A resample can leave out all cells of the highest scores: nothing is flagged there yet.
        empty = np.ones(len(flagged))
        return np.asarray(np.divide(self.true_positives, flagged, out=empty, where=flagged > 0))

    def flagged(self, threshold: float) -> tuple[int, int]:
        """Give the infected and the healthy cells that score at least ``threshold``."""
        # In double precision, as the store compares: a threshold just above a score is above it.
        last = int((self.thresholds.astype(np.float64) >= threshold).sum()) - 1
        if last < 0:
            return 0, 0
        return int(self.true_positives[last]), int(self.false_positives[last])


@dataclass(frozen=True, slots=True)
class Ranking:
    """The order of some scores, found once however often the cells are weighted anew.

    Attributes
    ----------
    order
        (n,) intp: the cells, the highest score first.
    ends
        (k,) intp: the last place in that order of each score that occurs.
    thresholds
        (k,) float32, falling: these scores.
    """

    order: NDArray[np.intp]
    ends: NDArray[np.intp]
    thresholds: NDArray[np.float32]

    @classmethod
    def of(cls, scores: NDArray[np.float32]) -> Self:
        """Order finite scores, (n,) float32."""
        order = np.argsort(-scores, kind="stable")
        falling = scores[order]
        ends = np.flatnonzero(np.append(falling[1:] != falling[:-1], len(falling) > 0))
        return cls(order, ends, falling[ends])

    def counts(self, weights: NDArray[np.integer] | NDArray[np.bool_]) -> Counts:
        """Sum weights, (n,) in this order, over the cells at or above each threshold: (k,)."""
        return np.asarray(np.cumsum(weights, dtype=np.int64)[self.ends])
