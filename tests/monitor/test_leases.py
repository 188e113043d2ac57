"""The bookkeeping of dispatch: every chunk ends exactly once, whatever workers do."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from monitor.leases import Leases

MAX_ATTEMPTS = 3
WORKERS = st.sampled_from([b"a", b"b", b"c"])


class AnyOrder(RuleBasedStateMachine):
    """Chunks come, workers join, answer, fail, fall silent and leave, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.leases = Leases(lease_s=5, max_attempts=MAX_ATTEMPTS)
        self.open: set[int] = set()
        self.ended: list[int] = []
        self.given: set[tuple[bytes, int]] = set()
        self.added = 0
        self.now = 0.0

    @rule()
    def add(self) -> None:
        self.leases.add(self.added)
        self.open.add(self.added)
        self.added += 1

    @rule(worker=WORKERS, credit=st.integers(1, 3))
    def join(self, worker: bytes, credit: int) -> None:
        self._end(self.leases.join(worker, worker.decode(), credit, self.now))

    @rule()
    def assign(self) -> None:
        self.given.update(self.leases.assign(self.now))

    @rule(worker=WORKERS)
    def answer_oldest(self, worker: bytes) -> None:
        state = self.leases.workers.get(worker)
        if state and state.held:
            chunk = next(iter(state.held))
            assert self.leases.finish(worker, chunk, self.now)
            assert not self.leases.finish(worker, chunk, self.now)
            self._end([chunk])

    @rule(worker=WORKERS, chunk=st.integers(0, 30))
    def answer_late(self, worker: bytes, chunk: int) -> None:
        taken = self.leases.finish(worker, chunk, self.now)
        assert taken == (chunk in self.open and (worker, chunk) in self.given)
        if taken:
            self._end([chunk])

    @rule(worker=WORKERS)
    def fail(self, worker: bytes) -> None:
        state = self.leases.workers.get(worker)
        if state and state.held:
            self._end(self.leases.release(worker, next(iter(state.held))))

    @rule(worker=WORKERS)
    def leave(self, worker: bytes) -> None:
        self._end(self.leases.leave(worker))

    @rule(worker=WORKERS, seconds=st.floats(0, 4))
    def time_goes_by(self, worker: bytes, seconds: float) -> None:
        self.leases.hear(worker, self.now)
        self.now += seconds
        for silent in self.leases.silent(self.now):
            assert silent in self.leases.workers
            self._end(self.leases.leave(silent))

    def _end(self, chunks: list[int]) -> None:
        for chunk in chunks:
            assert chunk in self.open
            self.open.remove(chunk)
            self.ended.append(chunk)

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        held = [chunk for state in self.leases.workers.values() for chunk in state.held]
        assert self.leases.open == len(self.open)
        assert len(held) == len(set(held))
        assert len(held) + self.leases.queued == len(self.open)
        assert len(self.ended) == len(set(self.ended))

    @invariant()
    def credits_hold(self) -> None:
        assert all(len(s.held) <= s.credits for s in self.leases.workers.values())


AnyOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAnyOrder = AnyOrder.TestCase


def test_a_chunk_is_given_up_after_so_many_attempts():
    leases = Leases(lease_s=5, max_attempts=MAX_ATTEMPTS)
    leases.add(1)
    given_up: list[int] = []
    for attempt in range(MAX_ATTEMPTS):
        assert given_up == []
        leases.join(b"a", "a", 1, 0)
        assert leases.assign(0) == [(b"a", 1)], attempt
        given_up = leases.leave(b"a")
    assert given_up == [1]
    assert leases.open == 0


def test_the_least_loaded_worker_gets_the_next_chunk():
    leases = Leases(lease_s=5, max_attempts=MAX_ATTEMPTS)
    leases.join(b"a", "a", 2, 0)
    leases.join(b"b", "b", 2, 0)
    for chunk in range(5):
        leases.add(chunk)
    assert [worker for worker, _ in leases.assign(0)] == [b"a", b"b", b"a", b"b"]
    assert leases.queued == 1


def test_a_worker_three_times_as_slow_gets_a_third_and_holds_less():
    leases = Leases(lease_s=1000, max_attempts=MAX_ATTEMPTS)
    leases.join(b"fast", "fast", 6, 0)
    leases.join(b"slow", "slow", 6, 0)
    done = {b"fast": 0, b"slow": 0}
    due = {b"fast": 1.0, b"slow": 3.0}
    for chunk in range(400):
        leases.add(chunk)
    for _ in range(200):
        leases.assign(min(due.values()))
        worker = min(due, key=lambda name: due[name])
        now = due[worker]
        chunk = next(iter(leases.workers[worker].held))
        assert leases.finish(worker, chunk, now)
        done[worker] += 1
        due[worker] = now + (1.0 if worker == b"fast" else 3.0)
    leases.assign(min(due.values()))
    assert len(leases.workers[b"fast"].held) == 6
    assert len(leases.workers[b"slow"].held) == 2
    assert 2.7 <= done[b"fast"] / done[b"slow"] <= 3.3


def test_a_worker_that_has_become_fast_holds_as_much_as_the_others_again():
    leases = Leases(lease_s=1000, max_attempts=MAX_ATTEMPTS)
    for name in (b"a", b"b"):
        leases.join(name, name.decode(), 4, 0)
    for chunk in range(1000):
        leases.add(chunk)
    now = 0.0
    for turn in range(100):
        leases.assign(now)
        for name in (b"a", b"b"):
            lasts = 5.0 if name == b"b" and turn < 20 else 1.0
            leases.workers[name].since_s = now
            chunk = next(iter(leases.workers[name].held))
            assert leases.finish(name, chunk, now + lasts)
        if turn == 19:
            leases.assign(now)
            assert len(leases.workers[b"b"].held) == 1
        now += 5
    leases.assign(now)
    assert [len(state.held) for state in leases.workers.values()] == [4, 4]


def test_a_chunk_that_a_worker_failed_waits_for_another_while_there_is_one():
    leases = Leases(lease_s=5, max_attempts=MAX_ATTEMPTS)
    leases.join(b"a", "a", 1, 0)
    leases.join(b"b", "b", 1, 0)
    leases.add(1)
    leases.add(2)
    assert leases.assign(0) == [(b"a", 1), (b"b", 2)]
    assert leases.release(b"a", 1) == []
    leases.add(3)
    assert leases.assign(0) == [(b"a", 3)], "a may go on with others"
    assert leases.finish(b"a", 3, 0)
    assert leases.assign(0) == []
    assert leases.finish(b"b", 2, 0)
    assert leases.assign(0) == [(b"b", 1)]


def test_a_chunk_that_every_worker_failed_is_tried_again():
    leases = Leases(lease_s=5, max_attempts=MAX_ATTEMPTS)
    leases.join(b"a", "a", 1, 0)
    leases.add(1)
    assert leases.assign(0) == [(b"a", 1)]
    assert leases.release(b"a", 1) == []
    assert leases.assign(0) == [(b"a", 1)]


def test_a_result_from_one_that_never_had_the_chunk_is_not_taken():
    leases = Leases(lease_s=5, max_attempts=MAX_ATTEMPTS)
    leases.join(b"a", "a", 1, 0)
    leases.join(b"b", "b", 1, 0)
    leases.add(1)
    assert leases.assign(0) == [(b"a", 1)]
    assert not leases.finish(b"b", 1, 0)
    assert leases.open == 1


def test_a_result_that_comes_after_the_lease_is_taken_while_the_chunk_is_open():
    leases = Leases(lease_s=5, max_attempts=MAX_ATTEMPTS)
    leases.join(b"a", "a", 1, 0)
    leases.add(1)
    leases.assign(0)
    assert leases.leave(b"a") == []
    assert leases.finish(b"a", 1, 0)
    assert (leases.open, leases.queued) == (0, 0)
