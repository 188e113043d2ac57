"""Recognises a place seen before, from nothing but the picture."""

import heapq
from collections.abc import Iterable, Sequence

import numpy as np

from monitor.gate.keyframes import Keyframe, turned
from monitor.gate.pose import Pose
from monitor.gate.shift import Shift, shift_between
from monitor.gate.trace import peaks, trace
from monitor.gate.view import View, spectrum

ANGLES = (0.0, 1.25, -1.25, 2.5, -2.5, 3.75, -3.75, 5.0, -5.0)
"""Turns tried, in degrees; cells of neighbouring ones still lie upon each other."""

UNTURNED = ANGLES[:3]
"""Of a slide that lies as it lay."""

FINER = (-0.8, -0.4, 0.0, 0.4, 0.8)
CHECKED = 6
AT_ONCE = 32

LEAST_LIKENESS = 0.6
LEAST_OVERLAP = 0.25
"""Different places reach a likeness of 0.3, at an overlap of a quarter of the view; a place
seen again, through noise and turned by what lies between two angles, 0.8 and more."""


def find(
    view: View, keyframes: Iterable[Keyframe], angles: Sequence[float] = ANGLES
) -> Pose | None:
    """Give the pose of a view that shows a place of which there is a keyframe, or None.

    Parameters
    ----------
    view
        What is seen, turned by up to 5 degrees and at another brightness, perhaps.
    keyframes
        What has been seen.
    angles
        By which it may be turned, in degrees, and a little more or less.
    """
    fitting = [keyframe for keyframe in keyframes if keyframe.shape == view.shape]
    found = (_checked(view, keyframe, angle) for keyframe, angle in _likely(view, fitting, angles))
    return next((pose for pose in found if pose is not None), None)


def _likely(
    view: View, keyframes: list[Keyframe], angles: Sequence[float]
) -> list[tuple[Keyframe, float]]:
    """Give the keyframes and angles of the highest peaks, the highest first."""
    looks = {angle: trace(turned(view.flat, angle)) for angle in angles}
    heights: list[tuple[float, int, float]] = []
    for first in range(0, len(keyframes), AT_ONCE):
        part = keyframes[first : first + AT_ONCE]
        theirs = np.stack([keyframe.trace for keyframe in part])
        for angle, mine in looks.items():
            found = enumerate(peaks(mine, theirs))
            heights += [(height, first + at, angle) for at, height in found]
    best = heapq.nlargest(CHECKED, heights)
    return [(keyframes[at], angle) for _, at, angle in best]


def _checked(view: View, keyframe: Keyframe, angle: float) -> Pose | None:
    """Give the pose of the view against a keyframe where they are surely of one place."""
    other = keyframe.unpacked()
    best: tuple[float, float, Shift] | None = None
    for finer in FINER:
        flat = turned(view.flat, angle + finer)
        shift = shift_between(flat, spectrum(flat), other.flat, other.spectrum)
        if shift is not None and (best is None or shift.likeness > best[0]):
            best = shift.likeness, angle + finer, shift
    if best is None or best[0] < LEAST_LIKENESS or best[2].overlap < LEAST_OVERLAP:
        return None
    return placed(view, other.pose, best[2], best[1])


def placed(view: View, other: Pose, shift: Shift, turn: float = 0.0) -> Pose:
    """Give the pose of a view that, turned by ``turn`` degrees, lies against ``other`` so."""
    moved = np.array([[shift.rows * view.step_px, shift.columns * view.step_px]])
    middle = np.asarray([view.shape]) / 2
    centre = other.to_slide(moved + middle)[0]
    return Pose.around(other.part, centre, other.rotation + turn, view.shape)
