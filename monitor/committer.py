"""Brings outcomes to Redis in a thread of its own, and holds on while Redis is away."""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Literal, Self, TypeVar

from config import SmearwatchError
from config.settings import StoreSettings
from monitor.backlog import Backlog, Settled, Waiting
from monitor.event_queue import EventQueue
from monitor.life import SlideLife
from monitor.metrics import CaptureMetrics
from monitor.store import (
    Activity,
    Event,
    FieldResult,
    FrameOutcome,
    MapPicture,
    SlideWriter,
    Store,
    StoreUnavailable,
)

logger = logging.getLogger(__name__)

_TURNED: dict[Activity, str] = {
    "paused": "paused: smearwatch resume %s",
    "counting": "slide %s goes on",
}

HEARTBEAT_S = 0.5
MAX_TOGETHER = 64
TURN_S = 0.1
DRAW_S = 5.0

Status = Mapping[str, str | int | float]
_T = TypeVar("_T")


class Committer:
    """The one thread that writes a slide.

    Frames are booked as seen before anything else is said of them. Every step is idempotent,
    so one that may or may not have arrived is taken again.

    Parameters
    ----------
    store
        Where the slide is; an embedded server that has died is started again.
    writer
        The slide.
    settings
        Waits between tries.
    status
        Gives the live figures that go with each heartbeat.
    life
        Is told what the user wants, and says what is being done.
    drawing
        Gives the slide map, where there is one; asked now and then, and in the end.
    metrics
        Takes figures; None: they are not served.

    Attributes
    ----------
    turns
        How often its loop has turned, tries at Redis included: one that stands still hangs.
    """

    def __init__(
        self,
        store: Store,
        writer: SlideWriter,
        settings: StoreSettings,
        status: Callable[[], Status],
        life: SlideLife,
        drawing: Callable[[], MapPicture | None] = lambda: None,
        metrics: CaptureMetrics | None = None,
    ) -> None:
        self._store = store
        self._writer = writer
        self._settings = settings
        self._status = status
        self._life = life
        self._drawing = drawing
        self._metrics = metrics or CaptureMetrics()
        self._backlog = Backlog()
        self.turns = 0
        self._events = EventQueue()
        self._activity: Activity = "counting"
        self._stop = threading.Event()
        self._abandon = threading.Event()
        self._problem: SmearwatchError | None = None
        self._beat_s = float("-inf")
        self._drawn_s = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="committer")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._abandon.set()
        self._stop.set()
        self._thread.join()

    def seen(self, number: int) -> None:
        """Book a frame as seen."""
        self._backlog.seen(number)

    def field(self, result: FieldResult, settled: Settled) -> None:
        """Count a field; ``settled`` is called once it stands in Redis."""
        self._backlog.put(result, settled)

    def outcome(self, outcome: FrameOutcome, settled: Settled) -> None:
        """Book a frame that is not counted; ``settled`` is called once it stands in Redis."""
        self._backlog.put(outcome, settled)

    def passed(self, outcome: FrameOutcome) -> None:
        """Book a frame that is not counted and for which nobody waits."""
        self._backlog.passed(outcome)

    def event(self, event: Event) -> None:
        """Tell an event; nothing waits for that, see :class:`EventQueue`."""
        self._events.put(event)

    @property
    def waiting(self) -> int:
        """Steps not yet taken."""
        return len(self._backlog) + len(self._events)

    def check(self) -> None:
        """Raise what has made writing impossible, such as the slide having gone to another."""
        if self._problem is not None:
            raise self._problem

    def finish(
        self, outcome: Literal["ended", "interrupted"], frames_total: int | None = None
    ) -> str:
        """Take all steps, then end the slide; give its state.

        Parameters
        ----------
        outcome
            Whether the source has ended.
        frames_total
            How many frames it had; None: as it was said in the beginning.

        Raises
        ------
        SmearwatchError
            Writing has become impossible.
        """
        self._stop.set()
        self._thread.join()
        self.check()
        self._draw()
        return self._hold(lambda: self._writer.finish(outcome, frames_total))

    def _run(self) -> None:
        try:
            while not (self._stop.is_set() and not self.waiting) and not self._abandon.is_set():
                self.turns += 1
                self._take(self._backlog.take(MAX_TOGETHER, TURN_S))
                self._beat()
        except SmearwatchError as error:
            self._problem = error
        except Exception as error:
            logger.exception("the committer broke down")
            self._problem = SmearwatchError(f"what was counted cannot be written: {error}")

    def _take(self, waiting: Waiting) -> None:
        if len(waiting.seen):
            self._hold(lambda: self._writer.mark_seen(waiting.seen))
        self._hold(lambda: self._writer.record(waiting.outcomes()))
        self._metrics.booked(waiting)
        for step, settled in waiting.steps:
            if isinstance(step, FieldResult):
                self._commit(step)
            settled()
        for number, event in self._events.take():
            self._tell(number, event)

    def _commit(self, result: FieldResult) -> None:
        self._hold(lambda: self._writer.commit_field(result))
        self._metrics.stored(result, self._writer.info.threshold)
        if len(result.scores):
            self._life.counted()

    def _tell(self, number: int, event: Event) -> None:
        self._hold(lambda: self._writer.event(event, number))

    def _beat(self) -> None:
        now, activity = time.monotonic(), self._life.activity
        if now - self._beat_s < HEARTBEAT_S and activity == self._activity:
            return
        if activity != self._activity:
            logger.info(_TURNED[activity], self._writer.slide)
        self._beat_s, self._activity = now, activity
        if now - self._drawn_s >= DRAW_S:
            self._draw()
        told = self._life.heard(
            self._hold(lambda: self._writer.heartbeat(self._status(), activity))
        )
        if told is not None:
            self.event(told)

    def _draw(self) -> None:
        self._drawn_s = time.monotonic()
        drawn = self._drawing()
        if drawn is not None:
            self._hold(lambda: self._writer.draw(drawn))

    def _hold(self, step: Callable[[], _T]) -> _T:
        """Take a step, again and again while Redis does not answer."""
        wait_s = self._settings.retry_initial_s
        while True:
            try:
                return step()
            except StoreUnavailable as error:
                self._metrics.store_errors.inc()
                self.turns += 1
                if self._abandon.is_set():
                    raise
                logger.warning("%s; holding, next try in %.1f s", error, wait_s)
                self._abandon.wait(wait_s * random.uniform(0.5, 1.0))
                wait_s = min(2 * wait_s, self._settings.retry_max_s)
                self._revive()
                self._metrics.store_retries.inc()

    def _revive(self) -> None:
        try:
            self._store.revive()
        except StoreUnavailable as error:
            logger.warning("%s", error)
