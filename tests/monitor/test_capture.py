"""A capture whose source or slide goes wrong, on a real store and real sockets."""

import threading
from collections.abc import Container, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from config import load
from monitor.capture import Capture
from monitor.dispatch import Dispatcher
from monitor.label_frames import LabelFrames
from monitor.prepare import prepare
from monitor.sources import Frame, SourceError
from monitor.store import SlideInfo, SlideTaken, Store, summary

PATIENCE_S = 30.0
SETTINGS = load(environ={})


class MadeSource:
    """Gives blank frames, then does what the test wants of it."""

    uri = "made"
    kind = "images"
    simulated = True
    repeats = False
    names = None

    def __init__(self, count: int, live: bool = False, silent: bool = False) -> None:
        self.live = live
        self.total: int | None = None
        self.exhausted = live
        self.problem: Exception | None = None
        self._count = count
        self._silent = silent
        self._stop = threading.Event()

    def frames(self, done: Container[int] = ()) -> Iterator[Frame]:
        for number in range(self._count):
            if number not in done:
                blank = np.full((40, 40, 3), 230, np.uint8)
                blank[0, 0] = number  # no two are the same picture
                yield Frame(number, str(number), blank, 0.0)
        if self.problem is not None:
            raise self.problem
        if self._silent:
            self._stop.wait()
            return
        self.exhausted = True
        self.total = self._count

    def stop(self) -> None:
        self._stop.set()

    def close(self) -> None:
        self.stop()


@pytest.fixture
def dispatcher(tmp_path: Path) -> Iterator[Dispatcher]:
    with Dispatcher(f"ipc://{tmp_path / 'd.ipc'}", "m", SETTINGS.dispatch) as running:
        yield running


def capture_of(store: Store, dispatcher: Dispatcher, source: MadeSource) -> Capture:
    info = SlideInfo("made", "images", True, source.live, False, source.total, "m", 0.5, "1")
    return Capture(
        "a",
        source,
        store,
        store.begin("a", info, "new"),
        dispatcher,
        SETTINGS,
        prepare(source, SETTINGS, LabelFrames(False), {}, ()),
    )


@pytest.mark.parametrize("live", [False, True])
def test_a_source_that_breaks_down_in_its_own_way_is_named(
    store: Store, dispatcher: Dispatcher, live: bool
):
    source = MadeSource(3, live)
    source.problem = ZeroDivisionError("in the driver")
    with pytest.raises(SourceError, match=r"made broke down: .*in the driver"):
        capture_of(store, dispatcher, source).run(threading.Event())
    result = summary(store, "a")
    assert (result.state, result.frames_seen, result.balanced) == ("interrupted", 3, True)


@pytest.mark.parametrize("live", [False, True])
def test_a_slide_that_went_to_another_ends_a_capture_whose_source_is_silent(
    store: Store, dispatcher: Dispatcher, live: bool
):
    source = MadeSource(1, live, silent=True)
    capture = capture_of(store, dispatcher, source)
    with ThreadPoolExecutor(1) as pool:
        ran = pool.submit(capture.run, threading.Event())
        store.client.ask("HSET", "slide:{a}", "owner", "somebody else")
        with pytest.raises(SlideTaken):
            ran.result(PATIENCE_S)


def test_a_source_that_did_not_know_its_length_is_complete_when_it_ends(
    store: Store, dispatcher: Dispatcher
):
    assert capture_of(store, dispatcher, MadeSource(3)).run(threading.Event()) == "complete"
    assert summary(store, "a").frames_total == 3


def test_one_stopped_before_its_end_is_interrupted_though_its_length_is_unknown(
    store: Store, dispatcher: Dispatcher
):
    stop = threading.Event()
    capture = capture_of(store, dispatcher, MadeSource(1, silent=True))
    with ThreadPoolExecutor(1) as pool:
        ran = pool.submit(capture.run, stop)
        stop.set()
        assert ran.result(PATIENCE_S) == "interrupted"


def test_a_live_source_has_ended_whenever_it_is_stopped(store: Store, dispatcher: Dispatcher):
    stop = threading.Event()
    capture = capture_of(store, dispatcher, MadeSource(2, live=True, silent=True))
    with ThreadPoolExecutor(1) as pool:
        ran = pool.submit(capture.run, stop)
        stop.set()
        assert ran.result(PATIENCE_S) == "complete"
