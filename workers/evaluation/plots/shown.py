"""What the pictures of one data set and one model are drawn of, and in which colours."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from workers.evaluation.curve import Curve
from workers.evaluation.scored import ScoredCells

HEALTHY_COLOUR = "#1b7837"
INFECTED_COLOUR = "#c51b3d"
THRESHOLD_COLOUR = "#222222"


@dataclass(frozen=True, slots=True)
class Shown:
    """Scored cells with their pictures.

    Attributes
    ----------
    cells
        (n,) cells that all have a score, of both kinds.
    crops
        (n, h, w, 3) uint8, as the model saw them.
    curve
        How many of them are flagged from each score on.
    threshold
        Score from which a cell is flagged.
    title
        Of which data and which model.
    """

    cells: ScoredCells
    crops: NDArray[np.uint8]
    curve: Curve
    threshold: float
    title: str

    @classmethod
    def of(cls, cells: ScoredCells, crops: NDArray[np.uint8], threshold: float, title: str) -> Self:
        """Leave out the cells without a score."""
        usable = cells.usable
        scored = cells.only(usable)
        curve = Curve.of(scored.scores, scored.infected)
        return cls(scored, crops[usable], curve, threshold, title)

    @property
    def kinds(self) -> tuple[tuple[str, str, NDArray[np.bool_]], ...]:
        """Name, colour and cells, (n,) bool, of both kinds, the healthy ones first."""
        infected = self.cells.infected
        return (
            ("healthy", HEALTHY_COLOUR, ~infected),
            ("infected", INFECTED_COLOUR, infected),
        )
