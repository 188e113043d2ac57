"""The field gate: lets each place of the slide through once, in its sharpest frame."""

import threading
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from config.settings import GateSettings
from monitor.gate.choose import MUCH_SHARPER, Candidate, Chooser, Gated
from monitor.gate.part import Part, Things
from monitor.gate.pose import Pose
from monitor.gate.track import Sighting, Tracker
from monitor.gate.view import View, look_at
from monitor.sources import Frame

REMEMBERED = 32
SAME_VIEW = 0.1


@dataclass(frozen=True, slots=True)
class Seen:
    """What the gate makes of a frame.

    Attributes
    ----------
    view
        The frame made small.
    sighting
        Where it lies.
    field
        A frame to count, this or an earlier one, and where it lies; None: none now.
    gated
        Frames that are not counted: number and reason, one word.
    """

    view: View
    sighting: Sighting
    field: tuple[Frame, Pose] | None
    gated: list[Gated]


class FieldGate:
    """Decides which frames are counted, and which of their cells are new.

    :meth:`look` is called for each frame in turn, by one thread. For each field that it gives,
    one of :meth:`settle`, :meth:`refuse` and :meth:`leave` is called later, by any thread.

    Parameters
    ----------
    settings
        Its settings.
    bin_px
        Largest distance within which cells are told apart, in pixels.
    live
        Whether frames come in their own time.
    first_part
        Number of the first part of the map.
    """

    def __init__(
        self, settings: GateSettings, bin_px: float, live: bool, first_part: int = 0
    ) -> None:
        self._settings = settings
        self._bin_px = bin_px
        self._tracker = Tracker(settings.max_keyframes)
        self._chooser = Chooser(settings, live, self._new_share)
        self._parts: dict[int, Part] = {}
        self._next_part = first_part
        self._taken: dict[int, tuple[int, float]] = {}
        self._refused: deque[tuple[Pose, tuple[int, int], float]] = deque(maxlen=REMEMBERED)
        self._changed = threading.Condition()

    @property
    def last_part(self) -> int:
        """Number of the newest part of the map; -1 before there is any."""
        return self._next_part - 1

    @property
    def may_repeat(self) -> bool:
        """Whether cells may come twice: tracking was lost, or places had to be forgotten."""
        return self._next_part > 1 or self._tracker.forgotten > 0

    def decided(self, timeout_s: float) -> bool:
        """Wait until every field given has been settled, refused or left; False if it is not."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._taken, timeout_s)

    def look(self, frame: Frame) -> Seen:
        """Look at the next frame."""
        view = look_at(frame.image)
        sighting = self._tracker.locate(view)
        with self._changed:
            if sighting.pose is None:
                return self._lost(frame, view, sighting)
            return self._placed(frame, view, sighting, sighting.pose)

    def flush(self) -> tuple[Frame, Pose] | None:
        """Give the frame held back, if any: no other comes."""
        with self._changed:
            held = self._chooser.flush()
            return self._take(held) if held is not None else None

    def settle(self, number: int, things: Things) -> NDArray[np.bool_]:
        """Say which things of a field are new, (n,) bool: those are to be counted."""
        with self._changed:
            part, sharpness = self._decide(number)
            self._chooser.counted(sharpness)
            return self._parts[part].settle(number, things)

    def refuse(self, number: int) -> None:
        """Learn that a field could not be counted: its area is to be seen again, if better.

        One that has been settled already stays on the map.
        """
        with self._changed:
            if number not in self._taken:
                return
            part, sharpness = self._decide(number)
            taken = self._parts[part].fields[number]
            self._refused.append((taken.pose, taken.shape, sharpness))
            self._parts[part].forget(number)

    def leave(self, number: int) -> None:
        """Learn that there was no time for a field: its area is to be seen again."""
        with self._changed:
            part, _ = self._decide(number)
            self._parts[part].forget(number)

    def _decide(self, number: int) -> tuple[int, float]:
        self._changed.notify_all()
        return self._taken.pop(number)

    def _placed(self, frame: Frame, view: View, sighting: Sighting, pose: Pose) -> Seen:
        if self._was_refused(view, pose):
            return Seen(view, sighting, None, [(frame.number, "poor")])
        share = self._parts[pose.part].coverage.new_share(pose, view.shape)
        now = Candidate(frame, view, pose, share)
        chosen, gated = self._chooser.offer(now, sighting.motion == "still")
        return Seen(view, sighting, self._take(chosen) if chosen is not None else None, gated)

    def _lost(self, frame: Frame, view: View, sighting: Sighting) -> Seen:
        """Open a new part for a frame whose place is not known, unless it shows nothing."""
        held = self._chooser.flush()
        if held is not None:
            # Counted before anything else; this frame has had its turn.
            return Seen(view, sighting, self._take(held), [(frame.number, "lost")])
        if not view.flat.any():
            return Seen(view, sighting, None, [(frame.number, "lost")])
        part = self._next_part
        self._next_part += 1
        self._parts[part] = Part(view.shape, self._bin_px)
        pose = self._tracker.start(view, part)
        return self._placed(frame, view, Sighting(pose, "jumped", 1.0), pose)

    def _take(self, chosen: Candidate) -> tuple[Frame, Pose]:
        number, part = chosen.frame.number, chosen.pose.part
        self._parts[part].take(number, chosen.pose, chosen.view.shape)
        self._taken[number] = part, chosen.sharpness
        return chosen.frame, chosen.pose

    def _new_share(self, pose: Pose, shape: tuple[int, int], other: Pose | None) -> float:
        return self._parts[pose.part].coverage.new_share(pose, shape, other)

    def _was_refused(self, view: View, pose: Pose) -> bool:
        centre = pose.centre(view.shape)
        return any(
            there.part == pose.part
            and np.abs((there.centre(shape) - centre) / shape).max() < SAME_VIEW
            and view.sharpness < MUCH_SHARPER * sharpness
            for there, shape, sharpness in self._refused
        )
