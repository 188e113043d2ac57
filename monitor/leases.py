"""Who holds which chunk, and until when: the bookkeeping of dispatch, without sockets."""

from collections import deque
from dataclasses import dataclass, field

WorkerId = bytes

FORGETTING = 0.9
"""What a worker did counts for so much less with each chunk that it scores after it."""


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
    since_s
        Since when it has been at the chunk that comes next.
    """

    name: str
    credits: int
    heard_s: float
    held: dict[int, None] = field(default_factory=dict)
    since_s: float = 0.0
    _scored: float = 0.0
    _spent_s: float = 0.0

    @property
    def chunk_s(self) -> float | None:
        """Seconds that it takes for a chunk, lately; None before its first."""
        return self._spent_s / self._scored if self._scored else None

    def hold(self, chunk: int, now_s: float) -> None:
        """Take note of a chunk given to it."""
        if not self.held:
            self.since_s = now_s
        self.held[chunk] = None

    def scored(self, now_s: float) -> None:
        """Take note of a chunk that it has scored."""
        self._scored = FORGETTING * self._scored + 1
        self._spent_s = FORGETTING * self._spent_s + max(0.0, now_s - self.since_s)
        self.since_s = now_s


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
        self._given_to: dict[int, set[WorkerId]] = {}
        self._failed_by: dict[int, set[WorkerId]] = {}
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

    def assign(self, now_s: float) -> list[tuple[WorkerId, int]]:
        """Lease queued chunks to workers with credit, the least loaded first.

        A chunk waits for a worker that has not failed it, as long as there is one. One that
        takes longer for a chunk than the fastest holds fewer of them, so that what is left in
        the end does not wait for it.
        """
        leased: list[tuple[WorkerId, int]] = []
        waiting: list[int] = []
        while self._queue and (free := self._free()):
            chunk = self._queue.popleft()
            worker = self._best(chunk, free)
            if worker is None:
                waiting.append(chunk)
            else:
                self.workers[worker].hold(chunk, now_s)
                self._given_to.setdefault(chunk, set()).add(worker)
                leased.append((worker, chunk))
        self._queue.extendleft(reversed(waiting))
        return leased

    def _free(self) -> list[WorkerId]:
        known = [state.chunk_s for state in self.workers.values() if state.chunk_s is not None]
        fastest_s = min(known, default=0.0)
        return [
            worker
            for worker, state in self.workers.items()
            if len(state.held) < _limit(state, fastest_s)
        ]

    def _best(self, chunk: int, free: list[WorkerId]) -> WorkerId | None:
        failed = self._failed_by.get(chunk, set())
        fresh = [worker for worker in free if worker not in failed]
        if not fresh and not self.workers.keys() <= failed:
            return None
        return min(fresh or free, key=lambda w: len(self.workers[w].held))

    def finish(self, worker: WorkerId, chunk: int, now_s: float) -> bool:
        """Close a chunk that a worker has or once had; it may have been taken back since.

        Returns
        -------
        bool
            False when it was closed already or was never this worker's, so that a result
            counts once.
        """
        if worker not in self._given_to.get(chunk, ()):
            return False
        holder = self.workers.get(worker)
        if holder is not None and chunk in holder.held:
            holder.scored(now_s)
        self._forget(chunk)
        for state in self.workers.values():
            state.held.pop(chunk, None)
        if chunk in self._queue:
            self._queue.remove(chunk)
        return True

    def _forget(self, chunk: int) -> None:
        del self._attempts[chunk]
        self._given_to.pop(chunk, None)
        self._failed_by.pop(chunk, None)

    def release(self, worker: WorkerId, chunk: int) -> list[int]:
        """Take back a chunk that its worker could not score; give it if it is given up."""
        state = self.workers.get(worker)
        if state is None or chunk not in state.held:
            return []
        del state.held[chunk]
        self._failed_by.setdefault(chunk, set()).add(worker)
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
                self._forget(chunk)
                given_up.append(chunk)
            else:
                self._queue.appendleft(chunk)
        return given_up


def _limit(state: WorkerState, fastest_s: float) -> int:
    """Give how many chunks a worker may hold."""
    if not state.chunk_s:
        return state.credits
    return max(1, round(state.credits * fastest_s / state.chunk_s))
