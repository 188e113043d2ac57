"""Collects chunks of several captures into batches: full ones at once, others soon."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class PendingChunk:
    """A chunk that waits to be scored.

    Attributes
    ----------
    sender
        Which connection it came from and its result goes to.
    chunk
        Its number there.
    crops
        (n, 64, 64, 3) uint8.
    arrived_s
        Monotonic time of arrival, in seconds.
    """

    sender: int
    chunk: int
    crops: NDArray[np.uint8]
    arrived_s: float


class Batcher:
    """Holds chunks until they fill a batch or have waited long enough.

    Parameters
    ----------
    batch_size
        Crops that make a batch full.
    max_wait_s
        How long the oldest chunk may wait for company, in seconds.
    """

    def __init__(self, batch_size: int, max_wait_s: float) -> None:
        self._batch_size = batch_size
        self._max_wait_s = max_wait_s
        self._chunks: deque[PendingChunk] = deque()
        self._crops = 0

    def __len__(self) -> int:
        return len(self._chunks)

    def add(self, chunk: PendingChunk) -> None:
        """Put a chunk behind the others."""
        self._chunks.append(chunk)
        self._crops += len(chunk.crops)

    def wait_s(self, now_s: float) -> float | None:
        """Seconds until a batch is due: 0 when one is, None when nothing waits."""
        if not self._chunks:
            return None
        if self._crops >= self._batch_size:
            return 0.0
        return max(0.0, self._chunks[0].arrived_s + self._max_wait_s - now_s)

    def take(self) -> list[PendingChunk]:
        """Take whole chunks, oldest first, up to the batch size but at least one."""
        taken: list[PendingChunk] = []
        room = self._batch_size
        while self._chunks and (not taken or len(self._chunks[0].crops) <= room):
            chunk = self._chunks.popleft()
            taken.append(chunk)
            room -= len(chunk.crops)
            self._crops -= len(chunk.crops)
        return taken

    def forget(self, sender: int) -> None:
        """Drop what one connection sent: it has given the chunks to others."""
        self._chunks = deque(chunk for chunk in self._chunks if chunk.sender != sender)
        self._crops = sum(len(chunk.crops) for chunk in self._chunks)
