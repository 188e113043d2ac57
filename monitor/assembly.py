"""Puts a field together again from the chunks in which its crops were scored."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from monitor.chunks import ChunkScores
from monitor.store import FieldResult


def pieces(count: int, at_once: int) -> Iterator[slice]:
    """Cut ``count`` crops into runs of ``at_once`` (>= 1) and a rest."""
    for start in range(0, count, at_once):
        yield slice(start, min(start + at_once, count))


class FieldAssembly:
    """Waits for the scores of all chunks of one field.

    Parameters
    ----------
    field
        The field of n cells, without their scores.
    chunks
        How many chunks will come.
    complete
        Called once with the whole field.
    """

    def __init__(
        self, field: FieldResult, chunks: int, complete: Callable[[FieldResult], None]
    ) -> None:
        count = len(field.crops)
        self._field = field
        self._missing = chunks
        self._complete = complete
        self._scores = np.full(count, np.nan, np.float32)
        self._worst_boxes = np.zeros((count, 4), np.uint8)
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
            self._embeddings = np.full((len(self._field.crops), length), np.nan, np.float16)
        if length == self._embeddings.shape[1]:
            self._embeddings[rows] = embeddings

    def _result(self) -> FieldResult:
        return replace(
            self._field,
            scores=self._scores,
            embeddings=self._embeddings,
            worst_boxes=self._worst_boxes,
        )
