"""What dispatch takes and gives: the crops of a field on their way, and their scores."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class CropChunk:
    """Crops of one field on their way to a worker.

    Attributes
    ----------
    slide, field
        Where they belong.
    crops
        (n, 64, 64, 3) uint8, C order.
    """

    slide: str
    field: int
    crops: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class ChunkScores:
    """What a worker said of a chunk.

    Attributes
    ----------
    scores
        (n,) float32; NaN where a cell has no score.
    embeddings
        (n, d) float16; d is 0 when the chunk was given up.
    boxes
        (n, 4) uint8, the worst region of each cell: (top, left, bottom, right), half-open, in
        pixels of the crop; zeros where a cell has no score.
    """

    scores: NDArray[np.float32]
    embeddings: NDArray[np.float16]
    boxes: NDArray[np.uint8]

    @classmethod
    def none(cls, count: int) -> Self:
        """Say nothing of so many cells."""
        return cls(
            np.full(count, np.nan, np.float32),
            np.empty((count, 0), np.float16),
            np.zeros((count, 4), np.uint8),
        )


@dataclass(frozen=True, slots=True)
class DispatchStatus:
    """How dispatch stands: workers connected, chunks queued and open, malformed messages."""

    workers: int
    queued: int
    open: int
    malformed: int


Done = Callable[[ChunkScores], None]
