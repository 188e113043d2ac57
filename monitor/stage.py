"""Watches the stage by what the gate makes of each frame, and tells what a person should know."""

import logging

from monitor.care.care import Care
from monitor.committer import Committer
from monitor.gate.gate import FieldGate, Seen
from monitor.gate.track import Motion
from monitor.sources import Frame
from monitor.store import Event

logger = logging.getLogger(__name__)


class Stage:
    """The stage of one slide's microscope.

    Parameters
    ----------
    committer
        Takes events.
    gate
        Knows the map.
    care
        Watches the picture.
    """

    def __init__(self, committer: Committer, gate: FieldGate, care: Care) -> None:
        self._committer = committer
        self._gate = gate
        self._care = care
        self._part: int | None = None
        self._parts: set[int] = set()

    def moved(self, frame: Frame, seen: Seen) -> None:
        """Take note of a frame that was looked at."""
        for condition in self._care.look(frame, seen.view, seen.sighting):
            text = f"at {frame.name} {condition.text}"
            logger.log(logging.WARNING if condition.raised else logging.INFO, text)
            self._committer.event(Event(condition.kind, text, cleared=not condition.raised))
        pose = seen.sighting.pose
        if pose is None or pose.part == self._part:
            return
        if self._part is not None:
            text = f"at {frame.name} {self._arrived(seen.sighting.motion, pose.part)}"
            logger.warning(text)
            self._committer.event(Event("stage_jumped", text))
        self._part = pose.part
        self._parts.add(pose.part)

    def _arrived(self, motion: Motion, part: int) -> str:
        if motion != "jumped":
            return f"what was seen last turned out to lie on part {part + 1} of the map"
        if part in self._parts:
            return f"the stage came back to part {part + 1} of the map"
        twice = ", and cells may be counted twice" if self._gate.has_counted else ""
        return (
            f"the stage jumped and its place is not known: part {part + 1} of the map begins{twice}"
        )
