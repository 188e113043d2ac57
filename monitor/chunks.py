"""What dispatch takes and gives: the crops of a field on their way, and their scores."""

from collections.abc import Callable
from dataclasses import dataclass

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
    """

    scores: NDArray[np.float32]
    embeddings: NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class DispatchStatus:
    """How dispatch stands: workers connected, chunks queued and open, malformed messages."""

    workers: int
    queued: int
    open: int
    malformed: int


Done = Callable[[ChunkScores], None]
