"""A live source is drained: the newest frame wins, and no frame goes without a word."""

import threading
import time
from collections.abc import Container, Iterator

import numpy as np
import pytest

from config import Settings
from monitor.latest import AnyFrame, LatestFrames
from monitor.sources import Frame, SourceError, UnreadableFrame

PATIENCE_S = 20.0


class HandSource:
    """A live source that gives a frame when the test says so."""

    uri = "hand:"
    kind = "camera"
    live = True
    simulated = False
    repeats = True
    names = None
    total = None

    def __init__(self, problem: Exception | None = None) -> None:
        self._may_give = threading.Semaphore(0)
        self._stopped = threading.Event()
        self._problem = problem
        self.unreadable: set[int] = set()

    @classmethod
    def match(cls, uri: str) -> bool:
        return uri == cls.uri

    @classmethod
    def open(cls, uri: str, settings: Settings) -> "HandSource":
        return cls()

    def give(self) -> None:
        self._may_give.release()

    def frames(self, done: Container[int] = ()) -> Iterator[AnyFrame]:
        number = 0
        while self._may_give.acquire() and not self._stopped.is_set():
            if self._problem is not None:
                raise self._problem
            yield self._frame(number)
            number += 1

    def _frame(self, number: int) -> AnyFrame:
        if number in self.unreadable:
            return UnreadableFrame(number, f"frame {number}", "torn")
        return Frame(number, f"frame {number}", np.zeros((2, 2, 3), np.uint8), 0.0)

    def stop(self) -> None:
        self._stopped.set()
        self._may_give.release()

    def close(self) -> None:
        self.stop()


class Ledger:
    """Frame numbers, by what was said of them."""

    def __init__(self) -> None:
        self.arrived: list[int] = []
        self.passed: list[int] = []

    def latest(self, source: HandSource) -> LatestFrames:
        return LatestFrames(
            source,
            lambda frame: self.arrived.append(frame.number),
            lambda frame: self.passed.append(frame.number),
        )

    def wait_for(self, arrived: int, passed: int) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while (len(self.arrived), len(self.passed)) != (arrived, passed):
            assert time.monotonic() < deadline, (self.arrived, self.passed)
            time.sleep(0.001)


def test_a_reader_that_keeps_up_gets_every_frame():
    source, ledger = HandSource(), Ledger()
    with ledger.latest(source) as latest:
        frames = iter(latest)
        for number in range(5):
            source.give()
            assert next(frames).number == number
    assert (ledger.arrived, ledger.passed) == ([0, 1, 2, 3, 4], [])


def test_a_reader_that_is_busy_gets_the_newest_and_the_others_are_named():
    source, ledger = HandSource(), Ledger()
    with ledger.latest(source) as latest:
        for _ in range(4):
            source.give()
        ledger.wait_for(arrived=4, passed=3)
        assert next(iter(latest)).number == 3
    assert (ledger.arrived, ledger.passed) == ([0, 1, 2, 3], [0, 1, 2])


def test_the_frame_that_nobody_takes_before_the_end_is_named_too():
    source, ledger = HandSource(), Ledger()
    with ledger.latest(source) as latest:
        source.give()
        assert next(iter(latest)).number == 0
        source.give()
        ledger.wait_for(arrived=2, passed=0)
    assert (ledger.arrived, ledger.passed) == ([0, 1], [1])


def test_an_unreadable_frame_is_handed_on_like_others():
    source, ledger = HandSource(), Ledger()
    source.unreadable = {0}
    with ledger.latest(source) as latest:
        source.give()
        assert isinstance(next(iter(latest)), UnreadableFrame)


def test_the_last_frame_of_a_source_that_ends_is_still_given():
    source, ledger = HandSource(), Ledger()
    with ledger.latest(source) as latest:
        source.give()
        ledger.wait_for(arrived=1, passed=0)
        source.stop()
        assert [frame.number for frame in latest] == [0]
    assert ledger.passed == []


def test_a_source_that_breaks_down_is_told_where_its_frames_are_taken():
    source, ledger = HandSource(SourceError("camera:0 is gone")), Ledger()
    with ledger.latest(source) as latest:
        source.give()
        with pytest.raises(SourceError, match="is gone"):
            next(iter(latest))


def test_a_reader_that_waits_is_let_go_when_the_source_is_stopped():
    source, ledger = HandSource(), Ledger()
    with ledger.latest(source) as latest:
        stopper = threading.Timer(0.05, source.stop)
        stopper.start()
        assert list(latest) == []
        stopper.join()
