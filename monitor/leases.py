"""Who holds which chunk, and until when: the bookkeeping of dispatch, without sockets."""

from collections import deque
from dataclasses import dataclass, field

WorkerId = bytes


@dataclass(slots=True)
class WorkerState:
    """A worker as dispatch knows it.

    Attributes
    ----------
    name
        Host and process, for people.
    credits
        How many chunks it takes at a time.
    heard_s
        Monotonic time of its last sign of life, in seconds.
    held
        The chunks it holds, in the order in which it got them.
    """

    name: str
    credits: int
    heard_s: float
    held: dict[int, None] = field(default_factory=dict)


class Leases:
    """Hands queued chunks to workers, and takes them back from those that fail or fall silent.

    A chunk is open from :meth:`add` until :meth:`finish` or until it has been taken back
    ``max_attempts`` times. One owner, one thread.

    Parameters
    ----------
    lease_s
        A worker silent for longer loses what it holds, in seconds.
    max_attempts
        A chunk taken back so often is given up.
    """

    def __init__(self, lease_s: float, max_attempts: int) -> None:
        self._lease_s = lease_s
        self._max_attempts = max_attempts
        self._queue: deque[int] = deque()
        self._attempts: dict[int, int] = {}
        self.workers: dict[WorkerId, WorkerState] = {}

    @property
    def queued(self) -> int:
        """Chunks that wait for a worker."""
        return len(self._queue)

    @property
    def open(self) -> int:
        """Chunks without a result, queued or held."""
        return len(self._attempts)

    def add(self, chunk: int) -> None:
        """Queue a chunk behind the others."""
        self._attempts[chunk] = 0
        self._queue.append(chunk)

    def join(self, worker: WorkerId, name: str, credit: int, now_s: float) -> list[int]:
        """Take a worker, new or come again; give the chunks given up because it forgot them."""
        given_up = self.leave(worker)
        self.workers[worker] = WorkerState(name, credit, now_s)
        return given_up

    def hear(self, worker: WorkerId, now_s: float) -> bool:
        """Note a sign of life; False from a worker that is not known."""
        state = self.workers.get(worker)
        if state is None:
            return False
        state.heard_s = now_s
        return True

    def assign(self) -> list[tuple[WorkerId, int]]:
        """Lease queued chunks to workers with credit, the least loaded first."""
        leased: list[tuple[WorkerId, int]] = []
        while self._queue:
            free = [w for w, state in self.workers.items() if len(state.held) < state.credits]
            if not free:
                break
            worker = min(free, key=lambda w: len(self.workers[w].held))
            chunk = self._queue.popleft()
            self.workers[worker].held[chunk] = None
            leased.append((worker, chunk))
        return leased

    def finish(self, chunk: int) -> bool:
        """Close a chunk; False when it was closed already, so that a result counts once."""
        if self._attempts.pop(chunk, None) is None:
            return False
        for state in self.workers.values():
            state.held.pop(chunk, None)
        if chunk in self._queue:
            self._queue.remove(chunk)
        return True

    def release(self, worker: WorkerId, chunk: int) -> list[int]:
        """Take back a chunk that its worker could not score; give it if it is given up."""
        state = self.workers.get(worker)
        if state is None or chunk not in state.held:
            return []
        del state.held[chunk]
        return self._take_back([chunk])

    def leave(self, worker: WorkerId) -> list[int]:
        """Forget a worker, take back its chunks; give those that are given up."""
        state = self.workers.pop(worker, None)
        return self._take_back(list(state.held)) if state else []

    def silent(self, now_s: float) -> list[WorkerId]:
        """Name the workers whose lease has ended."""
        return [w for w, state in self.workers.items() if now_s - state.heard_s > self._lease_s]

    def _take_back(self, chunks: list[int]) -> list[int]:
        given_up = []
        for chunk in reversed(chunks):
            self._attempts[chunk] += 1
            if self._attempts[chunk] >= self._max_attempts:
                del self._attempts[chunk]
                given_up.append(chunk)
            else:
                self._queue.appendleft(chunk)
        return given_up
