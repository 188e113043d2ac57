"""Takes a slide's frames from the source to Redis: segment, dispatch, commit, each frame once."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from config import Settings, SmearwatchError
from monitor.committer import Committer, Status
from monitor.dispatch import Dispatcher
from monitor.fields import FieldCounter
from monitor.label_frames import LabelFrames
from monitor.latest import AnyFrame, LatestFrames
from monitor.life import SlideLife
from monitor.sources import Source, SourceError, UnreadableFrame
from monitor.store import FrameOutcome, SlideWriter, Store

logger = logging.getLogger(__name__)

CHECK_S = 0.1


class Capture:
    """One slide being counted.

    A frame takes one of a fixed number of places before it is read and gives it back when
    its outcome stands in Redis: that bounds every queue behind the source. A source that
    waits is simply not read on; of a live one the newest frame is taken next and those in
    between are booked as skipped.

    Parameters
    ----------
    slide
        Its id.
    source
        Where the frames come from, opened.
    store, writer
        Redis, and the slide in it, begun.
    dispatcher
        Running.
    settings
        All settings.
    graphics
        What is burned into the frames, (h, w) bool, where that is known.
    label
        Knows the frames that show the slide's label; None: there are none.
    """

    def __init__(
        self,
        slide: str,
        source: Source,
        store: Store,
        writer: SlideWriter,
        dispatcher: Dispatcher,
        settings: Settings,
        graphics: NDArray[np.bool_] | None = None,
        label: LabelFrames | None = None,
    ) -> None:
        self._source = source
        self._writer = writer
        self._dispatcher = dispatcher
        self._settings = settings
        self._places = settings.dispatch.max_fields_in_flight
        self._free = threading.Semaphore(self._places)
        self._life = SlideLife(source.live, settings.slide.idle_finish_s, self._served)
        self._committer = Committer(store, writer, settings.store, self._status, self._life)
        self._counter = FieldCounter(slide, self._committer, dispatcher, settings, graphics)
        self._label = label or LabelFrames(expected=False)
        self._first_number = writer.next_frame if source.live else 0

    def run(self, stop: threading.Event) -> str:
        """Count until the source ends or is to end; give the slide's state.

        Parameters
        ----------
        stop
            Set when counting is to stop now, to go on later; a live source has ended then, as
            it has when the user or its own idleness finishes the slide.

        Raises
        ------
        SourceError
            The source broke down; what was counted stays, and the slide can be resumed.
        StoreError
            The slide went to another process.
        DispatchError
            Dispatch broke down.
        """
        with ExitStack() as stack:
            committer = stack.enter_context(self._committer)
            self._pool = stack.enter_context(ThreadPoolExecutor(self._threads(), "segmenter"))
            over = threading.Event()
            tend = partial(self._tend, stop, over)
            stack.enter_context(_stopping(self._source, over, tend))
            try:
                # Closed before the slide is finished: a frame left over still gets its outcome.
                with ExitStack() as reading:
                    self._feed(self._frames(reading), over)
            except SourceError:
                self._wait_for_all(over)
                committer.finish("interrupted")
                raise
            ended = self._source.exhausted or self._life.finished
            if self._wait_for_all(over) and ended:
                return committer.finish("ended", self._source.total)
            return committer.finish("interrupted")

    def _tend(self, stop: threading.Event, over: threading.Event) -> None:
        self._check()
        if stop.is_set() or self._life.finished:
            over.set()

    def _threads(self) -> int:
        # One more than there are cores: one that waits for the interpreter leaves no core idle.
        return self._settings.segmenter.threads or (os.cpu_count() or 1) + 1

    def _frames(self, stack: ExitStack) -> Iterator[AnyFrame]:
        if self._source.live:
            return iter(stack.enter_context(LatestFrames(self._source, self._seen, self._passed)))
        return self._waiting_frames()

    def _waiting_frames(self) -> Iterator[AnyFrame]:
        for frame in self._source.frames(self._writer.done):
            self._seen(frame)
            yield frame

    def _feed(self, frames: Iterator[AnyFrame], stop: threading.Event) -> None:
        while self._go_on(stop) and self._take_place(stop):
            frame = self._next(frames)
            if frame is None:
                self._free.release()
                return
            if not self._source.live:
                self._go_on(stop)
            self._enter(frame)

    def _go_on(self, stop: threading.Event) -> bool:
        """Wait while the slide is paused; whether to go on."""
        while self._life.paused and not stop.wait(CHECK_S):
            self._check()
        return not stop.is_set()

    def _next(self, frames: Iterator[AnyFrame]) -> AnyFrame | None:
        try:
            return next(frames, None)
        except SmearwatchError:
            self._free.release()
            raise
        except Exception as error:
            self._free.release()
            raise SourceError(f"{self._source.uri} broke down: {error!r}") from error

    def _take_place(self, stop: threading.Event) -> bool:
        while not self._free.acquire(timeout=CHECK_S):
            self._check()
            if stop.is_set():
                return False
        self._check()
        return True

    def _wait_for_all(self, stop: threading.Event) -> bool:
        """Wait for all frames in flight; False where no worker is left to finish them."""
        served_s = time.monotonic()
        for _ in range(self._places):
            while not self._free.acquire(timeout=CHECK_S):
                self._check()
                if self._dispatcher.status.workers or not stop.is_set():
                    served_s = time.monotonic()
                elif time.monotonic() - served_s > self._settings.dispatch.lease_s:
                    logger.warning("no worker is left; what it had not scored stays uncounted")
                    return False
        return True

    def _check(self) -> None:
        self._dispatcher.check()
        self._committer.check()

    def _seen(self, frame: AnyFrame) -> None:
        self._life.arrived(self._number(frame))
        self._committer.seen(self._number(frame))

    def _passed(self, frame: AnyFrame) -> None:
        if isinstance(frame, UnreadableFrame):
            self._committer.passed(self._unreadable(frame))
        elif self._life.paused:
            self._committer.passed(self._paused(frame))
        else:
            skipped = FrameOutcome(
                self._number(frame), "skipped", "busy", frame.name, "a newer frame came first"
            )
            self._committer.passed(skipped)

    def _number(self, frame: AnyFrame) -> int:
        return frame.number + self._first_number

    def _enter(self, frame: AnyFrame) -> None:
        if isinstance(frame, UnreadableFrame):
            logger.warning("frame %s skipped: %s", frame.name, frame.problem)
            self._committer.outcome(self._unreadable(frame), self._free.release)
        elif self._label.shows_label(frame.image):
            shown = self._label_shown(frame)
            self._committer.outcome(shown, self._free.release)
        elif not self._life.admit(self._number(frame)):
            self._committer.outcome(self._paused(frame), self._free.release)
        else:
            numbered = replace(frame, number=self._number(frame))
            self._pool.submit(self._counter.count, numbered, self._settled)

    def _settled(self) -> None:
        self._life.settled()
        self._free.release()

    def _label_shown(self, frame: AnyFrame) -> FrameOutcome:
        return FrameOutcome(
            self._number(frame), "rejected", "label", frame.name, "it shows the slide's label"
        )

    def _paused(self, frame: AnyFrame) -> FrameOutcome:
        return FrameOutcome(
            self._number(frame), "gated", "paused", frame.name, "the slide was paused"
        )

    def _unreadable(self, frame: UnreadableFrame) -> FrameOutcome:
        return FrameOutcome(self._number(frame), "failed", "unreadable", frame.name, frame.problem)

    def _served(self) -> bool:
        return self._dispatcher.status.workers > 0

    def _status(self) -> Status:
        dispatch = self._dispatcher.status
        return {
            "workers": dispatch.workers,
            "chunks_queued": dispatch.queued,
            "chunks_open": dispatch.open,
            "messages_malformed": dispatch.malformed,
            "steps_waiting": self._committer.waiting,
        }


@contextmanager
def _stopping(source: Source, stop: threading.Event, check: Callable[[], None]) -> Iterator[None]:
    """Stop the source, which may wait for a frame that never comes, when there is a reason.

    Parameters
    ----------
    source
        The source.
    stop
        Set when the slide is to end, for whatever reason.
    check
        Raises once nothing more can be counted; whoever feeds frames will see that too.
    """
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            try:
                check()
            except SmearwatchError:
                break
            if stop.wait(CHECK_S):
                break
        source.stop()

    thread = threading.Thread(target=watch, name="stop")
    thread.start()
    try:
        yield
    finally:
        over.set()
        source.stop()
        thread.join()
