"""Takes a slide's frames from the source to Redis: segment, dispatch, commit, each frame once."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial

from config import Settings, SmearwatchError
from monitor.care.care import Care
from monitor.committer import Committer, Status
from monitor.dispatch import Dispatcher
from monitor.enough import Enough
from monitor.feed import Feed, Line
from monitor.fields import FieldCounter
from monitor.gated_feed import GatedFeed
from monitor.life import SlideLife
from monitor.metrics import CaptureMetrics
from monitor.places import CHECK_S, Places
from monitor.prepare import Prepared
from monitor.sources import Source, SourceError
from monitor.stage import Stage
from monitor.store import Event, MapPicture, SlideWriter, Store
from monitor.told_by_source import ToldBySource
from workers.service_notify import ServiceNotifier

logger = logging.getLogger(__name__)


class Capture:
    """One slide being counted.

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
    prepared
        What is known of the source before its first frame is counted.
    metrics
        Takes figures; None: they are not served.
    notifier
        Tells who watches over this process; None: nobody does.
    """

    def __init__(
        self,
        slide: str,
        source: Source,
        store: Store,
        writer: SlideWriter,
        dispatcher: Dispatcher,
        settings: Settings,
        prepared: Prepared,
        metrics: CaptureMetrics | None = None,
        notifier: ServiceNotifier | None = None,
    ) -> None:
        self._source = source
        self._writer = writer
        self._dispatcher = dispatcher
        self._settings = settings
        self._prepared = prepared
        self._places = Places(settings.dispatch.max_fields_in_flight, self._check)
        self._enough = Enough(store, slide, settings)
        self._life = SlideLife(source.live, settings.slide.idle_finish_s, self._served)
        self._notifier = notifier or ServiceNotifier()
        metrics = metrics or CaptureMetrics()
        self._committer = Committer(
            store, writer, settings.store, self._status, self._life, self._drawing, metrics
        )
        metrics.watch_queues(lambda: dispatcher.status, lambda: self._committer.waiting)
        self._counter = FieldCounter(
            slide, self._committer, dispatcher, settings, prepared, metrics
        )
        self._told = ToldBySource(source, self._committer)

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
            pool = stack.enter_context(ThreadPoolExecutor(self._threads(), "segmenter"))
            over = threading.Event()
            tend = partial(self._tend, stop, over)
            check = stack.enter_context(_stopping(self._source, over, tend))
            try:
                # Closed before the slide is finished: a frame left over still gets its outcome.
                self._feed(pool).run(over)
            except SourceError:
                self._wait_for_all(over)
                committer.finish("interrupted")
                raise
            check()
            self._told.pass_on()
            ended = self._source.exhausted or self._life.finished
            whole = self._wait_for_all(over)
            self._notifier.stopping()
            if whole and ended:
                return committer.finish("ended", self._source.total)
            return committer.finish("interrupted")

    def _feed(self, pool: Executor) -> Feed:
        prepared = self._prepared
        line = Line(
            source=self._source,
            writer=self._writer,
            committer=self._committer,
            counter=self._counter,
            pool=pool,
            places=self._places,
            life=self._life,
            label=prepared.label,
        )
        if prepared.gate is None:
            return Feed(line, prepared.duplicates)
        care = Care(self._settings.care, self._source.live, prepared.standing)
        return GatedFeed(line, prepared.gate, Stage(self._committer, prepared.gate, care))

    def _tend(self, stop: threading.Event, over: threading.Event) -> None:
        self._check()
        self._told.pass_on()
        for text in self._dispatcher.take_told():
            self._committer.event(Event("worker_set_aside", text))
        self._end_if_enough()
        if stop.is_set() or self._life.finished:
            over.set()

    def _end_if_enough(self) -> None:
        told = None if self._life.finished else self._enough.look()
        if told is not None:
            self._committer.event(told)
            self._life.finish()

    def _threads(self) -> int:
        # One more than there are cores: one that waits for the interpreter leaves no core idle.
        return self._settings.segmenter.threads or (os.cpu_count() or 1) + 1

    def _wait_for_all(self, over: threading.Event) -> bool:
        """Wait for all frames in flight; False where no worker is left to finish them."""
        served_s = time.monotonic()

        def give_up() -> bool:
            nonlocal served_s
            if self._served() or not over.is_set():
                served_s = time.monotonic()
            return time.monotonic() - served_s > self._settings.dispatch.lease_s

        whole = self._places.take_all(give_up)
        if not whole:
            logger.warning("no worker is left; what it had not scored stays uncounted")
        return whole

    def _check(self) -> None:
        self._dispatcher.check()
        self._committer.check()
        self._notifier.lives(self._dispatcher.turns, self._committer.turns)

    def _served(self) -> bool:
        return self._dispatcher.status.workers > 0

    def _drawing(self) -> MapPicture | None:
        gate = self._prepared.gate
        return None if gate is None else gate.map_picture()

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
def _stopping(
    source: Source, stop: threading.Event, check: Callable[[], None]
) -> Iterator[Callable[[], None]]:
    """Stop the source, which may wait for a frame that never comes, when there is a reason.

    Gives what raises the reason where it was an error: a source that was stopped for one has
    not ended by itself.

    Parameters
    ----------
    source
        The source.
    stop
        Set when the slide is to end, for whatever reason.
    check
        Raises once nothing more can be counted.
    """
    over = threading.Event()
    problems: list[Exception] = []

    def watch() -> None:
        while not over.is_set():
            try:
                check()
            except Exception as error:
                problems.append(error)
                break
            if stop.wait(CHECK_S):
                break
        source.stop()

    def raise_problem() -> None:
        if problems and isinstance(problems[0], SmearwatchError):
            raise problems[0]
        if problems:
            raise SmearwatchError(f"counting broke down: {problems[0]!r}") from problems[0]

    thread = threading.Thread(target=watch, name="stop")
    thread.start()
    try:
        yield raise_problem
    finally:
        over.set()
        source.stop()
        thread.join()
