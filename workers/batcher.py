"""Collects chunks of several captures into batches: full ones at once, others soon, all fairly."""

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

    Captures have equal shares of the crops scored while they have chunks that wait, whatever
    else others send: next comes the oldest chunk of the one of which the fewest were scored. One
    that had nothing to score for a while gets no more for that later.

    Parameters
    ----------
    batch_size
        Crops that make a batch full.
    max_wait_s
        How long the oldest chunk may wait for company, in seconds.

    References
    ----------
    A. Demers, S. Keshav and S. Shenker, "Analysis and simulation of a fair queueing algorithm",
    SIGCOMM Comput. Commun. Rev. 19, 1-12 (1989).
    """

    def __init__(self, batch_size: int, max_wait_s: float) -> None:
        self._batch_size = batch_size
        self._max_wait_s = max_wait_s
        self._waiting: dict[int, deque[PendingChunk]] = {}
        self._served: dict[int, int] = {}
        self._crops = 0

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def add(self, chunk: PendingChunk) -> None:
        """Put a chunk behind the others of its capture."""
        if chunk.sender not in self._waiting:
            least = min((self._served[sender] for sender in self._waiting), default=0)
            self._served[chunk.sender] = max(self._served.get(chunk.sender, 0), least)
        self._waiting.setdefault(chunk.sender, deque()).append(chunk)
        self._crops += len(chunk.crops)

    def wait_s(self, now_s: float) -> float | None:
        """Seconds until a batch is due: 0 when one is, None when nothing waits."""
        if not self._waiting:
            return None
        if self._crops >= self._batch_size:
            return 0.0
        oldest_s = min(chunks[0].arrived_s for chunks in self._waiting.values())
        return max(0.0, oldest_s + self._max_wait_s - now_s)

    def take(self) -> list[PendingChunk]:
        """Take whole chunks, each capture's oldest first, up to the batch size, at least one."""
        taken: list[PendingChunk] = []
        room = self._batch_size
        while self._waiting:
            sender = min(self._waiting, key=lambda one: self._served[one])
            count = len(self._waiting[sender][0].crops)
            if taken and count > room:
                break
            taken.append(self._waiting[sender].popleft())
            if not self._waiting[sender]:
                del self._waiting[sender]
            room -= count
            self._served[sender] += count
            self._crops -= count
        return taken

    def forget(self, sender: int) -> None:
        """Drop what one connection sent: it has given the chunks to others."""
        for chunk in self._waiting.pop(sender, ()):
            self._crops -= len(chunk.crops)
        self._served.pop(sender, None)
