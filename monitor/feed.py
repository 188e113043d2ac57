"""Brings the frames of a source to where they are counted, each to its one outcome."""

import logging
import threading
from collections.abc import Container, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass, replace

from config import SmearwatchError
from monitor import outcomes
from monitor.committer import Committer
from monitor.duplicates import Duplicates, digest_of
from monitor.fields import FieldCounter
from monitor.label_frames import LabelFrames
from monitor.latest import AnyFrame, LatestFrames
from monitor.life import SlideLife
from monitor.places import CHECK_S, Places
from monitor.sources import Frame, Source, SourceError, UnreadableFrame
from monitor.store import FrameOutcome, SlideWriter

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """What the frames of a slide meet on their way.

    Attributes
    ----------
    source
        Where they come from.
    writer
        Knows which of them have an outcome.
    committer
        Takes their outcomes.
    counter
        Counts a field.
    pool
        Where it does.
    places
        One for each field in flight.
    life
        Whether the slide is paused.
    label
        Knows the frames that show the slide's label.
    """

    source: Source
    writer: SlideWriter
    committer: Committer
    counter: FieldCounter
    pool: Executor
    places: Places
    life: SlideLife
    label: LabelFrames


class Feed:
    """Counts every frame of a source.

    A frame takes a place before it is read: a source that waits is not read on while there is
    none; of a live one the newest frame is taken next, and those in between are booked as
    skipped.

    Parameters
    ----------
    line
        What frames meet.
    duplicates
        Knows pictures that come again; None: they may, and count again.
    """

    def __init__(self, line: Line, duplicates: Duplicates | None) -> None:
        self.line = line
        self._duplicates = duplicates
        self._first_number = line.writer.next_frame if line.source.live else 0

    def run(self, over: threading.Event) -> None:
        """Take frames until the source ends or ``over`` is set.

        Raises
        ------
        SmearwatchError
            The source broke down.
        """
        with ExitStack() as reading:
            self.take(self._frames(reading), over)

    def take(self, frames: Iterator[AnyFrame], over: threading.Event) -> None:
        """Take frames, each with a place of its own."""
        places = self.line.places
        while self.go_on(over) and places.take(over):
            try:
                frame = self.next(frames)
            except SmearwatchError:
                places.free()
                raise
            if frame is None:
                places.free()
                return
            if not self.line.source.live:
                self.go_on(over)
            self._enter(frame)

    def go_on(self, over: threading.Event) -> bool:
        """Wait while the slide is paused; whether to go on."""
        while self.line.life.paused and not over.wait(CHECK_S):
            self.line.places.check()
        return not over.is_set()

    def next(self, frames: Iterator[AnyFrame]) -> AnyFrame | None:
        """Give the next frame; None at the end.

        Raises
        ------
        SmearwatchError
            The source broke down.
        """
        try:
            return next(frames, None)
        except SmearwatchError:
            raise
        except Exception as error:
            raise SourceError(f"{self.line.source.uri} broke down: {error!r}") from error

    def refused(self, frame: AnyFrame) -> FrameOutcome | None:
        """Give the outcome of a frame that is not even looked at; None: it is admitted."""
        number = self.number(frame)
        if isinstance(frame, UnreadableFrame):
            logger.warning("frame %s skipped: %s", frame.name, frame.problem)
            return outcomes.unreadable(number, frame)
        if self.line.label.shows_label(frame.image):
            return outcomes.shows_label(number, frame.name)
        if not self.line.life.admit(number):
            return outcomes.gated(number, "paused")
        return None

    def number(self, frame: AnyFrame) -> int:
        """Give a frame's number on the slide."""
        return frame.number + self._first_number

    def settled(self) -> None:
        """Take note that an admitted frame with a place has its outcome."""
        self.line.life.settled()
        self.line.places.free()

    def _frames(self, stack: ExitStack) -> Iterator[AnyFrame]:
        if self.line.source.live:
            latest = LatestFrames(self.line.source, self._seen, self._passed)
            return iter(stack.enter_context(latest))
        return self._waiting_frames()

    def _waiting_frames(self) -> Iterator[AnyFrame]:
        for frame in self.line.source.frames(self.done()):
            self._seen(frame)
            yield frame

    def done(self) -> Container[int]:
        """Give the frames that the source is not to give again."""
        return self.line.writer.done

    def _enter(self, frame: AnyFrame) -> None:
        outcome = self.refused(frame)
        if outcome is not None:
            self.line.committer.outcome(outcome, self.line.places.free)
        elif isinstance(frame, Frame):
            self._count(replace(frame, number=self.number(frame)))

    def _count(self, frame: Frame) -> None:
        digest = None if self._duplicates is None else digest_of(frame.image)
        first = digest and self._duplicates and self._duplicates.first_of(frame.name, digest)
        if first and digest:
            outcome = outcomes.duplicate(frame.number, frame.name, first, digest)
            self.line.committer.outcome(outcome, self.settled)
        else:
            count = self.line.counter.count
            self.line.pool.submit(count, frame, self.settled, None, digest)

    def _seen(self, frame: AnyFrame) -> None:
        self.line.life.arrived(self.number(frame))
        self.line.committer.seen(self.number(frame))

    def _passed(self, frame: AnyFrame) -> None:
        number = self.number(frame)
        if isinstance(frame, UnreadableFrame):
            outcome = outcomes.unreadable(number, frame)
        elif self.line.life.paused:
            outcome = outcomes.gated(number, "paused")
        else:
            outcome = outcomes.skipped(number)
        self.line.committer.passed(outcome)
