"""A capture that is asked to pause, go on and finish, on a real store and real sockets."""

import threading
import time
from collections.abc import Callable, Container, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from config import Settings, SmearwatchError, load
from monitor.ask import NotObeyedError, ask_and_wait
from monitor.capture import Capture, _stopping
from monitor.dispatch import Dispatcher
from monitor.label_frames import LabelFrames
from monitor.prepare import prepare
from monitor.sources import Frame
from monitor.store import SlideInfo, Store, Summary, ask_slide, events, summary

PATIENCE_S = 20.0


class HandSource:
    """Gives a blank frame whenever the test says so, until it is stopped or has given all."""

    uri = "by hand"
    kind = "images"
    simulated = True
    repeats = False
    names = None

    def __init__(self, live: bool, total: int | None = None) -> None:
        self.live = live
        self.total = total
        self.exhausted = live
        self.given = 0
        self._due = threading.Semaphore(0)
        self._stop = threading.Event()

    def give(self, count: int) -> None:
        for _ in range(count):
            self._due.release()

    def frames(self, done: Container[int] = ()) -> Iterator[Frame]:
        while self.total is None or self.given < self.total:
            while not self._due.acquire(timeout=0.01):
                if self._stop.is_set():
                    return
            self.given += 1
            blank = np.full((40, 40, 3), 230, np.uint8)
            blank[0, 0] = self.given  # no two are the same picture
            yield Frame(self.given - 1, str(self.given), blank, 0.0)
        self.exhausted = True

    def stop(self) -> None:
        self._stop.set()

    def close(self) -> None:
        self.stop()


@contextmanager
def counting(
    store: Store, source: HandSource, folder: Path, settings: Settings
) -> Iterator[Callable[[], str]]:
    """Count a source as slide a; gives what waits for its end and gives its state."""
    info = SlideInfo("by hand", "images", True, source.live, False, source.total, "m", 0.5, "1")
    stop = threading.Event()
    with (
        Dispatcher(f"ipc://{folder / 'd.ipc'}", "m", settings.dispatch) as dispatcher,
        ThreadPoolExecutor(1) as pool,
    ):
        writer = store.begin("a", info, "new")
        capture = Capture(
            "a",
            source,
            store,
            writer,
            dispatcher,
            settings,
            prepare(source, settings, LabelFrames(False), {}, ()),
        )
        ran = pool.submit(capture.run, stop)
        try:
            yield lambda: ran.result(PATIENCE_S)
        finally:
            stop.set()


def wait_for(store: Store, reached: Callable[[Summary], bool]) -> Summary:
    deadline = time.monotonic() + PATIENCE_S
    while not reached(result := summary(store, "a")):
        assert time.monotonic() < deadline, result
        time.sleep(0.01)
    return result


def not_shown(result: Summary) -> int:
    """Frames that came while it was paused; where they come at once, the newest one is taken."""
    return result.frames_gated + result.frames_skipped


@pytest.fixture
def settings() -> Settings:
    return load(environ={})


def test_frames_of_a_live_source_are_gated_while_it_is_paused(
    store: Store, tmp_path: Path, settings: Settings
):
    source = HandSource(live=True)
    with counting(store, source, tmp_path, settings) as ended:
        source.give(1)
        wait_for(store, lambda result: result.frames_rejected == 1)
        assert ask_and_wait(store, "a", "paused", PATIENCE_S).state == "paused"
        source.give(5)
        wait_for(store, lambda result: result.frames_seen == 6)
        ask_and_wait(store, "a", "counting", PATIENCE_S)
        paused = wait_for(store, lambda result: not_shown(result) == 5)
        assert paused.reasons["frames_gated:paused"] == paused.frames_gated >= 1
        source.give(1)
        wait_for(store, lambda result: result.frames_rejected == 2)
        result = ask_and_wait(store, "a", "finished", PATIENCE_S)
        assert ended() == result.state == "complete"
    assert (result.frames_seen, result.balanced) == (7, True)
    told = [event.text for event in events(store, "a") if event.kind == "state"]
    assert told == ["begun", "paused", "counting", "complete"]


def test_a_live_source_finished_while_paused_has_an_outcome_for_every_frame(
    store: Store, tmp_path: Path, settings: Settings
):
    source = HandSource(live=True)
    with counting(store, source, tmp_path, settings) as ended:
        ask_and_wait(store, "a", "paused", PATIENCE_S)
        source.give(4)
        wait_for(store, lambda result: result.frames_seen == 4)
        ask_and_wait(store, "a", "finished", PATIENCE_S)
        assert ended() == "complete"
    result = summary(store, "a")
    assert (not_shown(result), result.frames_counted, result.balanced) == (4, 0, True)


def test_a_source_that_waits_is_not_read_on_while_paused_and_loses_nothing(
    store: Store, tmp_path: Path, settings: Settings
):
    source = HandSource(live=False, total=6)
    with counting(store, source, tmp_path, settings) as ended:
        source.give(2)
        wait_for(store, lambda result: result.frames_rejected == 2)
        ask_and_wait(store, "a", "paused", PATIENCE_S)
        source.give(4)
        # The one that it waited for is taken, and kept until the slide goes on.
        paused = wait_for(store, lambda result: result.frames_seen == 3)
        time.sleep(0.3)  # so that whoever read on would be seen
        assert source.given == 3
        assert summary(store, "a").frames_rejected == paused.frames_rejected == 2
        ask_and_wait(store, "a", "counting", PATIENCE_S)
        assert ended() == "complete"
    result = summary(store, "a")
    assert (result.frames_rejected, result.frames_gated) == (6, 0)


def test_a_source_that_waits_and_is_finished_before_its_end_is_incomplete(
    store: Store, tmp_path: Path, settings: Settings
):
    source = HandSource(live=False, total=6)
    with counting(store, source, tmp_path, settings) as ended:
        source.give(2)
        wait_for(store, lambda result: result.frames_rejected == 2)
        result = ask_and_wait(store, "a", "finished", PATIENCE_S)
        assert ended() == "incomplete"
    assert (result.frames_seen, result.frames_total, result.balanced) == (2, 6, True)


def test_a_live_slide_without_a_worker_is_not_idle(
    store: Store, tmp_path: Path, settings: Settings
):
    idle = settings.slide.model_copy(update={"idle_finish_s": 0.2})
    settings = settings.model_copy(update={"slide": idle})
    source = HandSource(live=True)
    with counting(store, source, tmp_path, settings) as ended:
        assert summary(store, "a").state == "counting"
        time.sleep(1.2)  # longer than the idle time and two heartbeats
        assert summary(store, "a").state == "counting"
        ask_slide(store, "a", "finished")
        assert ended() == "complete"
    assert "idle" not in {event.kind for event in events(store, "a")}


def test_one_that_cannot_obey_in_time_is_said_to(store: Store):
    info = SlideInfo("by hand", "images", True, True, False, None, "m", 0.5, "1")
    store.begin("a", info, "new")  # and nobody who hears
    with pytest.raises(NotObeyedError, match=r"has not paused within 0\.2 s"):
        ask_and_wait(store, "a", "paused", 0.2)


def test_one_that_ends_first_is_said_to(store: Store):
    info = SlideInfo("by hand", "images", True, False, False, None, "m", 0.5, "1")
    writer = store.begin("a", info, "new")

    def finish_once_asked() -> None:
        while store.client.ask("HGET", "slide:{a}", "wanted") != b"paused":
            time.sleep(0.01)
        writer.finish("ended")

    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(finish_once_asked)
        with pytest.raises(NotObeyedError, match="has ended before it was paused: it is complete"):
            ask_and_wait(store, "a", "paused", PATIENCE_S)
        assert ended.result(PATIENCE_S) is None


def test_a_source_that_waits_and_is_stopped_while_paused_can_be_resumed(
    store: Store, tmp_path: Path, settings: Settings
):
    source = HandSource(live=False, total=6)
    with counting(store, source, tmp_path, settings) as ended:
        ask_and_wait(store, "a", "paused", PATIENCE_S)
        source.give(3)
        wait_for(store, lambda result: result.frames_seen == 1)
    assert ended() == "interrupted"
    result = summary(store, "a")
    assert (result.frames_rejected, result.balanced) == (1, True)


def test_frames_too_small_for_a_field_are_rejected_before_the_gate(
    store: Store, tmp_path: Path, settings: Settings
):
    gate = settings.gate.model_copy(update={"mode": "on"})
    source = HandSource(live=True)
    settings = settings.model_copy(update={"gate": gate})
    with counting(store, source, tmp_path, settings) as ended:
        source.give(1)
        wait_for(store, lambda result: result.frames_rejected == 1)
        ask_and_wait(store, "a", "finished", PATIENCE_S)
        assert ended() == "complete"
    result = summary(store, "a")
    assert (result.reasons, result.balanced) == ({"frames_rejected:too_small": 1}, True)


def test_what_breaks_beside_the_frames_is_raised_where_they_are_fed():
    source = HandSource(live=True)

    def check() -> None:
        raise KeyError("odd")

    with _stopping(source, threading.Event(), check) as raise_problem:
        assert list(source.frames()) == []
        with pytest.raises(SmearwatchError, match="counting broke down: KeyError"):
            raise_problem()
