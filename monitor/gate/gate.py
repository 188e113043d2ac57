"""The field gate: lets each place of the slide through once, in its sharpest frame."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from config.settings import GateSettings
from monitor.gate.choose import MUCH_SHARPER, Candidate, Chooser, Gated
from monitor.gate.mosaic import Mosaic, as_jpeg
from monitor.gate.part import Part, Things
from monitor.gate.pose import Pose
from monitor.gate.track import Sighting, Tracker
from monitor.gate.view import View, look_at
from monitor.sources import Frame
from monitor.store import MapLayout, MapPicture

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


class _Poor(NamedTuple):
    """A place that was too poor to count: its pose, the frame's size and sharpness."""

    pose: Pose
    shape: tuple[int, int]
    sharpness: float


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
    usual_px
        Gives the usual diameter of a cell in pixels of frames of a height and width, where it is
        known before any field is settled.
    """

    def __init__(
        self,
        settings: GateSettings,
        bin_px: float,
        live: bool,
        first_part: int = 0,
        usual_px: Callable[[tuple[int, int]], float | None] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._bin_px = bin_px
        self._tracker = Tracker(settings.max_keyframes)
        self._chooser = Chooser(settings, live, self._new_share)
        self._parts: dict[int, Part] = {}
        self._next_part = first_part
        self._counted_parts = set(range(first_part))
        self._usual_px = usual_px
        self._diameters: dict[tuple[int, int], float] = {}
        self._joins: dict[int, Pose] = {}
        self._taken: dict[int, Candidate] = {}
        self._refused: deque[_Poor] = deque(maxlen=REMEMBERED)
        self._mosaic = Mosaic()
        self._changed = threading.Condition()

    @property
    def last_part(self) -> int:
        """Number of the newest part of the map; -1 before there is any."""
        return self._next_part - 1

    @property
    def may_repeat(self) -> bool:
        """Whether cells may come twice: they were counted on parts not known to lie apart."""
        return len(self._counted_parts) > 1

    @property
    def has_counted(self) -> bool:
        """Whether a field was counted, of this part or another."""
        return bool(self._counted_parts)

    def decided(self, timeout_s: float) -> bool:
        """Wait until every field given has been settled, refused or left; False if it is not."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._taken, timeout_s)

    def look(self, frame: Frame) -> Seen:
        """Look at the next frame."""
        view = look_at(frame.image)
        with self._changed:
            sighting = self._tracker.locate(view)
            if sighting.pose is None:
                return self._lost(frame, view, sighting)
            if sighting.kept and len(self._parts) > 1:
                sighting = self._joined(view, sighting, sighting.pose)
            return self._placed(frame, view, sighting)

    @property
    def held(self) -> int | None:
        """Number of the frame held back, until it is clear that no better one comes."""
        return self._chooser.held

    def flush(self) -> tuple[Frame, Pose] | None:
        """Give the frame held back, if any: no other comes."""
        with self._changed:
            held = self._chooser.flush()
            return self._take(held) if held is not None else None

    def settle(self, number: int, things: Things) -> NDArray[np.bool_]:
        """Say which things of a field are new, (n,) bool: those are to be counted."""
        with self._changed:
            chosen = self._decide(number)
            self._chooser.counted(chosen.sharpness)
            self._mosaic.add(chosen.pose, chosen.view)
            self._diameters.setdefault(chosen.view.shape, things.diameter_px)
            self._counted_parts.add(chosen.pose.part)
            return self._parts[chosen.pose.part].settle(number, things)

    def refuse(self, number: int) -> None:
        """Learn that a field could not be counted: its area is to be seen again, if better.

        One that has been settled already stays on the map.
        """
        with self._changed:
            if number not in self._taken:
                return
            chosen = self._decide(number)
            self._refused.append(_Poor(chosen.pose, chosen.view.shape, chosen.sharpness))
            self._parts[chosen.pose.part].forget(number)

    def leave(self, number: int) -> None:
        """Learn that there was no time for a field: its area is to be seen again."""
        with self._changed:
            self._parts[self._decide(number).pose.part].forget(number)

    def map_picture(self) -> MapPicture | None:
        """Give the slide map as it is now; None while it is empty."""
        with self._changed:
            laid_out = self._mosaic.laid_out()
            joins = {part: pose.place for part, pose in self._joins.items()}
        if laid_out is None:
            return None
        return MapPicture(as_jpeg(laid_out[0]), MapLayout(laid_out[1], joins))

    def _decide(self, number: int) -> Candidate:
        self._changed.notify_all()
        return self._taken.pop(number)

    def _placed(self, frame: Frame, view: View, sighting: Sighting) -> Seen:
        pose = sighting.pose
        if pose is None or self._was_refused(view, pose):
            return Seen(view, sighting, None, [(frame.number, "poor")])
        share = self._parts[pose.part].new_share(pose, view.shape)
        now = Candidate(frame, view, pose, share)
        chosen, gated = self._chooser.offer(now, sighting.motion == "still")
        return Seen(view, sighting, self._take(chosen) if chosen is not None else None, gated)

    def _lost(self, frame: Frame, view: View, sighting: Sighting) -> Seen:
        """Open a new part for a frame whose place is not known, unless it shows nothing."""
        held = self._chooser.flush()
        # What was held is counted before anything else.
        field = self._take(held) if held is not None else None
        if sighting.motion == "moving" or not view.flat.any():
            reason = "moving" if sighting.motion == "moving" else "lost"
            return Seen(view, sighting, field, [(frame.number, reason)])
        self._clear_out()
        part = self._next_part
        self._next_part += 1
        diameter_px = self._diameters.get(view.shape) or self._usual_px(view.shape) or 0.0
        self._parts[part] = Part(view.shape, self._bin_px, diameter_px)
        pose = self._tracker.start(view, part)
        seen = self._placed(frame, view, Sighting(pose, "jumped", 1.0, kept=True))
        return replace(seen, field=field) if field is not None else seen

    def _clear_out(self) -> None:
        """Forget parts on which nothing could be counted, and the oldest where there are many."""
        being_counted = {chosen.pose.part for chosen in self._taken.values()}
        bare = {number for number, part in self._parts.items() if not part.fields} - being_counted
        whole = sorted(set(self._parts) - bare - being_counted)
        many = len(self._parts) - len(bare) - self._settings.max_keyframes
        for number in bare | set(whole[: max(0, many + 1)]):
            del self._parts[number]
            self._tracker.forget(number)
            self._mosaic.forget(number)

    def _joined(self, view: View, sighting: Sighting, here: Pose) -> Sighting:
        """Lay the part of a keyframe on another one, if that shows the same place."""
        there = self._tracker.elsewhere(view, here.part)
        if there is None or here.part not in self._parts or there.part not in self._parts:
            return sighting
        onto = there.against(here)
        self._parts.pop(here.part).move_to(self._parts[there.part], onto)
        self._joins[here.part] = onto
        self._tracker.join(here.part, onto)
        self._chooser.join(here.part, onto)
        self._mosaic.move(here.part, onto)
        self._taken = {number: chosen.at(here.part, onto) for number, chosen in self._taken.items()}
        return replace(sighting, pose=here.through(onto))

    def _take(self, chosen: Candidate) -> tuple[Frame, Pose]:
        number, part = chosen.frame.number, chosen.pose.part
        self._parts[part].take(number, chosen.pose, chosen.view.shape)
        self._taken[number] = chosen
        return chosen.frame, chosen.pose

    def _new_share(self, pose: Pose, shape: tuple[int, int], other: Pose | None) -> float:
        return self._parts[pose.part].new_share(pose, shape, other)

    def _was_refused(self, view: View, pose: Pose) -> bool:
        centre = pose.centre(view.shape)
        return any(
            poor.pose.part == pose.part
            and np.abs((poor.pose.centre(poor.shape) - centre) / view.shape).max() < SAME_VIEW
            and view.sharpness < MUCH_SHARPER * poor.sharpness
            for poor in self._refused
        )
