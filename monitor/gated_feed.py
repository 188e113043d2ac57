"""Brings the frames of a moving stage to where they are counted: each place of the slide once."""

import threading
from collections.abc import Container, Iterator
from dataclasses import replace

from monitor import outcomes
from monitor.feed import Feed, Line
from monitor.gate.gate import FieldGate, Seen
from monitor.gate.pose import Pose
from monitor.latest import AnyFrame
from monitor.places import CHECK_S
from monitor.scale import shape_of
from monitor.sources import Frame
from monitor.stage import Stage
from monitor.store import FrameOutcome

LEAST_SIDE_PX = 64
"""Frames that are narrower show no two cells side by side, by which a place could be known."""


MOST_ELONGATED = 8
"""Times that a frame may be longer than wide, or the other way round."""


class GatedFeed(Feed):
    """Looks at every frame of a source, and counts those that show something new.

    Only a field takes a place. Of a live source a whole field is left out where there is none,
    never some of its cells: what is counted stays an unbiased sample, and the place may still
    be counted while the stage rests there. A source that waits has its frames judged one after
    the other, so that its counts do not depend on how fast they are judged.

    Parameters
    ----------
    line
        What frames meet.
    gate
        Decides.
    stage
        Told of each frame that was looked at.
    """

    def __init__(self, line: Line, gate: FieldGate, stage: Stage) -> None:
        super().__init__(line, None)
        self._gate = gate
        self._stage = stage

    def take(self, frames: Iterator[AnyFrame], over: threading.Event) -> None:
        """Look at frames until they end; the field held back is counted in the end.

        Not so where the source gives it again when the slide goes on: a better one of the same
        place may come, and what is counted must not depend on when it was stopped.
        """
        while self.go_on(over):
            self.line.places.check()
            frame = self.next(frames)
            if frame is None:
                break
            if not self.line.source.live:
                self.go_on(over)
            self._look(frame, over)
        if not self._comes_again(over):
            self._admit(self._gate.flush(), over)

    def go_on(self, over: threading.Event) -> bool:
        """Wait while the slide is paused, with no frame in flight; whether to go on."""
        life = self.line.life
        if not life.paused:
            return super().go_on(over)
        if self.line.source.live:
            self._admit(self._gate.flush(), over)
            return super().go_on(over)
        held = self._gate.held
        if held is not None:
            life.settled()
        goes_on = super().go_on(over)
        if held is not None:
            life.admit(held)
        return goes_on

    def done(self) -> Container[int]:
        """Give none: the map is drawn anew, and what has an outcome keeps it."""
        return ()

    def _look(self, frame: AnyFrame, over: threading.Event) -> None:
        outcome = self.refused(frame) or self._too_small(frame)
        if outcome is not None:
            self.line.committer.passed(outcome)
            # A frame held back is not to hold up a pause.
            self._admit(self._gate.flush(), over)
        elif isinstance(frame, Frame):
            seen = self._gate.look(replace(frame, number=self.number(frame)))
            self._stage.moved(frame, seen)
            self._book(seen)
            self._admit(seen.field, over)

    def _too_small(self, frame: AnyFrame) -> FrameOutcome | None:
        if not isinstance(frame, Frame) or _shows_a_field(frame):
            return None
        self.line.life.settled()
        return outcomes.too_small(self.number(frame), frame)

    def _book(self, seen: Seen) -> None:
        for number, reason in seen.gated:
            self.line.committer.passed(outcomes.gated(number, reason))
            self.line.life.settled()

    def _admit(self, field: tuple[Frame, Pose] | None, over: threading.Event) -> None:
        if field is None:
            return
        frame, pose = field
        if not self._has_place(over):
            self._gate.leave(frame.number)
            if not self._comes_again(over):
                self.line.committer.passed(outcomes.skipped(frame.number))
            self.line.life.settled()
            return
        self.line.pool.submit(self.line.counter.count, frame, self.settled, pose)
        while not self.line.source.live and not self._gate.decided(CHECK_S):
            self.line.places.check()

    def _comes_again(self, over: threading.Event) -> bool:
        """Whether a frame without an outcome will come again: the slide goes on later."""
        source = self.line.source
        ended = source.live or source.exhausted or self.line.life.finished
        return over.is_set() and not ended

    def _has_place(self, over: threading.Event) -> bool:
        places = self.line.places
        return places.take_now() or (not self.line.source.live and places.take(over))


def _shows_a_field(frame: Frame) -> bool:
    height, width = shape_of(frame)
    short, long = min(height, width), max(height, width)
    return short >= LEAST_SIDE_PX and long <= MOST_ELONGATED * short
