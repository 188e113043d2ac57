"""Which share of healthy cells scores how high: counted, and beyond that by a tail fit."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workers.thresholds.pareto import Pareto
from workers.thresholds.sample import GroupedScores
from workers.thresholds.threshold import ThresholdError

COUNTED = 10
"""With fewer cells above a score their share is not counted but taken from the fit."""
SHARE_FITTED = 0.05
FITTED_AT_MOST = 500
FITTED_AT_LEAST = 30


@dataclass(frozen=True, slots=True)
class Tail:
    """The upper scores of healthy cells.

    Attributes
    ----------
    scores
        (k,) float64, rising: the largest.
    cells
        How many cells there are, those with lower scores among them.
    kept_from
        Every score from here up is in ``scores``; minus infinity where all are.
    start
        Score above which ``law`` holds.
    fitted
        How many cells lie above ``start``.
    law
        Of the excesses over ``start``; None where too few cells differ to fit one.
    """

    scores: NDArray[np.float64]
    cells: int
    kept_from: float
    start: float
    fitted: int
    law: Pareto | None

    @classmethod
    def of(cls, healthy: GroupedScores) -> Self:
        """Fit the tail of healthy cells."""
        kept_from = -np.inf if healthy.whole else healthy.tail[0]
        return cls.fit(np.array(healthy.tail), healthy.count, kept_from)

    @classmethod
    def fit(cls, scores: NDArray[np.float64], cells: int, kept_from: float) -> Self:
        """Fit to the scores of so many cells that are at ``kept_from`` or above, rising."""
        wanted = min(max(round(SHARE_FITTED * cells), FITTED_AT_LEAST), FITTED_AT_MOST)
        above = min(wanted, len(scores) - 1)
        start = float(scores[-above - 1])
        excesses = scores[scores > start] - start
        enough = len(excesses) >= FITTED_AT_LEAST
        law = Pareto.fit(excesses) if enough else None
        return cls(scores, cells, kept_from, start, len(excesses), law)

    def rates(self, values: ArrayLike) -> NDArray[np.float64]:
        """Give the share of healthy cells that score at or above each value, (m,) in [0, 1].

        Raises
        ------
        ThresholdError
            A value lies below what was kept of the scores.
        """
        asked = np.asarray(values, np.float64)
        if (asked < self.kept_from).any():
            raise ThresholdError(
                f"healthy scores below {self.kept_from:g} are not kept, so that no rate can be "
                "given there; give healthy cells"
            )
        counts = len(self.scores) - np.searchsorted(self.scores, asked, "left")
        counted = counts / self.cells
        if self.law is None:
            return np.asarray(counted)
        beyond = self.fitted / self.cells * self.law.survival(np.maximum(asked - self.start, 0))
        return np.where(counts >= COUNTED, counted, np.minimum(beyond, COUNTED / self.cells))

    def value(self, share: float) -> float:
        """Give the lowest score that at most ``share`` of healthy cells reach, in (0, 1].

        Of cells too few for a fit that may be one just above the largest.

        Raises
        ------
        ThresholdError
            The score lies below what was kept.
        """
        count = int(share * self.cells * (1 + 1e-12))
        if count >= COUNTED or self.law is None:
            return self._counted(count)
        excess = self.law.excess(min(share * self.cells / self.fitted, 1.0))
        return max(self.start + excess, self._counted(COUNTED - 1))

    def _counted(self, count: int) -> float:
        if count < 1:
            return float(np.nextafter(self.scores[-1], np.inf))
        if count > len(self.scores):
            raise ThresholdError(
                f"of {self.cells} healthy cells only the {len(self.scores)} largest scores are "
                "kept; allow fewer false cells or give healthy cells"
            )
        if count == len(self.scores):
            return float(self.scores[0])
        lower, value = self.scores[-count - 1], self.scores[-count]
        return float(value if value > lower else np.nextafter(value, np.inf))
