"""Scores of cells by slide or patient, all or the largest alone, as a card can keep them."""

from typing import Self

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workers.thresholds.finite import finite
from workers.thresholds.threshold import ThresholdError


class GroupScores(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cells of one slide or patient: how many, and mean and standard deviation of their scores."""

    cells: int
    mean: float
    deviation: float


class GroupedScores(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Scores of cells of one kind, healthy or infected.

    Attributes
    ----------
    groups
        The slides or patients that the cells come from, in order.
    tail
        The largest scores, rising; all of them where nothing was left out.
    tail_groups
        Of each score in ``tail``, the place of its group in ``groups``.
    cells
        Which cells these are, in words.
    """

    groups: tuple[GroupScores, ...]
    tail: tuple[float, ...]
    tail_groups: tuple[int, ...]
    cells: str = "healthy cells"

    @classmethod
    def of(
        cls,
        scores: ArrayLike,
        groups: ArrayLike | None = None,
        cells: str = "healthy cells",
    ) -> Self:
        """Take scores.

        Parameters
        ----------
        scores
            (n,) finite.
        groups
            (n,) the slide or patient of each; None: all of one.
        cells
            Which cells these are, in words.

        Raises
        ------
        ThresholdError
            There is none, one is not finite, or ``groups`` has another length.
        """
        values = finite(scores, cells)
        names = np.zeros(len(values), int) if groups is None else np.asarray(groups)
        if names.shape != values.shape:
            raise ThresholdError(f"{cells}: {len(values)} scores, but {len(names)} groups")
        places = np.unique(names, return_inverse=True)[1]
        order = np.argsort(values, kind="stable")
        return cls(
            tuple(_group(values[places == place]) for place in range(int(places.max()) + 1)),
            tuple(values[order].tolist()),
            tuple(places[order].tolist()),
            cells,
        )

    def largest(self, count: int) -> Self:
        """Keep so many of the largest scores; groups stay as they are."""
        return msgspec.structs.replace(
            self, tail=self.tail[-count:], tail_groups=self.tail_groups[-count:]
        )

    def drawn(self, count: int) -> Self:
        """Keep so many cells by chance, always the same ones, as if there were no others."""
        if len(self.tail) <= count:
            return self
        chosen = np.random.default_rng(0).permutation(len(self.tail))[:count]
        scores, places = np.array(self.tail)[chosen], np.array(self.tail_groups)[chosen]
        return type(self).of(scores, places, self.cells)

    @property
    def count(self) -> int:
        """How many cells there are, those below the tail among them."""
        return sum(group.cells for group in self.groups)

    @property
    def whole(self) -> bool:
        """Whether ``tail`` holds every score."""
        return len(self.tail) == self.count

    def sizes(self) -> NDArray[np.int64]:
        """Give the cells of each group, (g,) int64."""
        return np.array([group.cells for group in self.groups])

    def errors(self, wrong: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count the wrong ones of ``tail``, (k,) bool, by group, (g,) int64."""
        places = np.array(self.tail_groups)
        return np.bincount(places[wrong], minlength=len(self.groups))

    def problem(self) -> str | None:
        """Say what is wrong with the values, None where nothing is."""
        scores, places = np.array(self.tail), np.array(self.tail_groups)
        if not 0 < len(scores) == len(places) <= self.count:
            return "tail and tail_groups must be as many, at least 1 and at most all cells"
        if not (np.isfinite(scores).all() and (np.diff(scores) >= 0).all()):
            return "tail must be finite and in rising order"
        kept = np.bincount(places, minlength=1) if places.min() >= 0 else np.array([])
        if not 0 < len(kept) <= len(self.groups) or (kept > self.sizes()[: len(kept)]).any():
            return "tail_groups must name groups, none more often than it has cells"
        fine = all(np.isfinite([one.mean, one.deviation]).all() for one in self.groups)
        return None if fine else "means and deviations must be finite"


def _group(scores: NDArray[np.float64]) -> GroupScores:
    return GroupScores(len(scores), float(scores.mean()), float(scores.std()))
