"""Watches the stage by what the gate makes of each frame, and tells what a person should know."""

import logging

from monitor.care.care import Care
from monitor.committer import Committer
from monitor.gate.gate import FieldGate, Seen
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
            self._tell_lost(frame, pose.part)
        self._part = pose.part

    def _tell_lost(self, frame: Frame, part: int) -> None:
        text = (
            f"at {frame.name} the stage jumped and its place is not known: part {part + 1} of "
            "the map begins, and cells may be counted twice"
            if part == self._gate.last_part
            else f"at {frame.name} the stage came back to part {part + 1} of the map"
        )
        logger.warning(text)
        self._committer.event(Event("stage_jumped", text))
