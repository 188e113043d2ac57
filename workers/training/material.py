"""What a model that is there already learns further from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.training.datasets import LabelledCells, Part


@dataclass(frozen=True, slots=True)
class Material:
    """What a model learns further from.

    Attributes
    ----------
    reviewed
        Cells that people have judged; groups are slides.
    random
        Cells drawn by chance that are healthy, or taken to be, numbered as ``reviewed`` is; the
        threshold rests on them.
    beside
        (n,) bool: which of ``reviewed`` are not in ``random``.
    presumed
        How many of ``random`` nobody has judged.
    more
        Other labelled sets, whose healthy cells are learned from, too.
    """

    reviewed: LabelledCells
    random: LabelledCells
    beside: NDArray[np.bool_]
    presumed: int
    more: tuple[LabelledCells, ...] = ()

    @property
    def judged(self) -> LabelledCells:
        """Reviewed cells that are learned from whether their slide trains or validates.

        Few are infected, and none can be spared; random ones of slides that validate say when to
        stop and where the threshold lies.
        """
        return self.reviewed.only(self.beside & ~in_part(self.reviewed, "held out"))


def in_part(cells: LabelledCells, part: Part) -> NDArray[np.bool_]:
    """Say which cells belong to a part, (n,) bool."""
    return np.asarray(np.isin(cells.groups, np.unique(cells.part(part).groups)))
