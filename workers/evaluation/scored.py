"""What a model said of labelled cells."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ScoredCells:
    """Labelled cells with their scores.

    Attributes
    ----------
    scores
        (n,) float32, higher is worse; NaN: unscored.
    infected
        (n,) bool.
    labels
        (n,) str: ``uninfected``, or the parasite's stage.
    groups
        (n,) int32: the patient or stretch of a slide that a cell comes from.
    embeddings
        (n, e) float16; a row of NaN where the cell is unscored.
    """

    scores: NDArray[np.float32]
    infected: NDArray[np.bool_]
    labels: NDArray[np.str_]
    groups: NDArray[np.int32]
    embeddings: NDArray[np.float16]

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Which cells have a score, (n,) bool."""
        return np.isfinite(self.scores)

    def only(self, chosen: NDArray[np.bool_]) -> Self:
        """Give the chosen cells, (n,) bool."""
        return type(self)(
            self.scores[chosen],
            self.infected[chosen],
            self.labels[chosen],
            self.groups[chosen],
            self.embeddings[chosen],
        )
