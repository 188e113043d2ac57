"""Puts a field together again from the chunks in which its crops were scored."""

import threading
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from monitor.chunks import ChunkScores
from monitor.sources import Frame
from monitor.store import FieldResult
from segmenter import Segmentation


def pieces(count: int, at_once: int) -> Iterator[slice]:
    """Cut ``count`` crops into runs of ``at_once`` (>= 1) and a rest."""
    for start in range(0, count, at_once):
        yield slice(start, min(start + at_once, count))


class FieldAssembly:
    """Waits for the scores of all chunks of one field.

    Parameters
    ----------
    frame, segmentation, crops
        The field: its picture, its n cells, and (n, 64, 64, 3) uint8.
    chunks
        How many chunks will come.
    complete
        Called once with the whole field.
    """

    def __init__(
        self,
        frame: Frame,
        segmentation: Segmentation,
        crops: NDArray[np.uint8],
        chunks: int,
        complete: Callable[[FieldResult], None],
    ) -> None:
        self._frame = frame
        self._segmentation = segmentation
        self._crops = crops
        self._missing = chunks
        self._complete = complete
        self._scores = np.full(len(crops), np.nan, np.float32)
        self._worst_boxes = np.zeros((len(crops), 4), np.uint8)
        self._embeddings: NDArray[np.float16] | None = None
        self._lock = threading.Lock()
        if not chunks:
            complete(self._result())

    def add(self, rows: slice, scored: ChunkScores) -> None:
        """Take the scores of one chunk; the last one completes the field."""
        with self._lock:
            self._scores[rows] = scored.scores
            self._worst_boxes[rows] = scored.boxes
            self._add_embeddings(rows, scored.embeddings)
            self._missing -= 1
            whole = self._missing == 0
        if whole:
            self._complete(self._result())

    def _add_embeddings(self, rows: slice, embeddings: NDArray[np.float16]) -> None:
        length = embeddings.shape[1]
        if not length:
            return
        if self._embeddings is None:
            self._embeddings = np.full((len(self._crops), length), np.nan, np.float16)
        if length == self._embeddings.shape[1]:
            self._embeddings[rows] = embeddings

    def _result(self) -> FieldResult:
        height, width = self._frame.image.shape[:2]
        return FieldResult(
            number=self._frame.number,
            name=self._frame.name,
            captured_at=self._frame.captured_at,
            shape=(height, width),
            scores=self._scores,
            boxes=self._segmentation.cells.boxes,
            crops=self._crops,
            embeddings=self._embeddings,
            worst_boxes=self._worst_boxes,
            focus_score=self._segmentation.quality.focus_score,
            not_cells=self._segmentation.not_cells,
        )
