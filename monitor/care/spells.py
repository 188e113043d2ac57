"""Cuts the frames into spells of one place or a short time each, to be compared with another."""

from monitor.care.places import APART
from monitor.gate.pose import Pose
from monitor.gate.view import View

LONGEST_FRAMES = 30


class Spells:
    """Tells where a spell begins: at another place, or after so many frames of the same.

    Fields differ from one another, so drifts are judged by spells, most of them of different
    places; a stage that rests for long still has spells, for it can drift too.
    """

    def __init__(self) -> None:
        self._first: Pose | None = None
        self._frames = 0

    def begins(self, view: View, pose: Pose | None) -> bool:
        """Take the next frame; say whether a spell begins with it."""
        self._frames += 1
        if self._frames <= LONGEST_FRAMES and not self._has_left(view, pose):
            return False
        self._first, self._frames = pose or self._first, 1
        return True

    def _has_left(self, view: View, pose: Pose | None) -> bool:
        first = self._first
        if first is None or pose is None:
            return first is None and pose is not None
        if first.part != pose.part:
            return True
        away = abs(pose.centre(view.shape) - first.centre(view.shape)) / view.shape
        return bool(away.max() >= APART)
