"""Follows the stage: where each frame lies on the slide map, or that this is not known."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.gate.atlas import Atlas, distance
from monitor.gate.find import UNTURNED, find, placed
from monitor.gate.keyframes import Keyframe, Reference
from monitor.gate.pose import Pose
from monitor.gate.shift import LEAST_OVERLAP, shift_between
from monitor.gate.view import View

Motion = Literal["still", "moving", "jumped"]

LEAST_LIKENESS = 0.5
"""Views of different places reach a likeness of 0.3, those of one place 0.9 and more; motion
blur and dust lower it."""

STILL_STEPS = 1.0
"""A stage that moves less than so many reduced pixels from frame to frame rests."""

NEAR = 0.45
"""A keyframe further away than this share of the view makes room for another."""

SHARP_SHARE = 0.5
"""A keyframe has at least this share of the sharpness of the last one."""

MOST_BLURRED = 10
"""After so many blurred frames whose place is not known this is taken to be how the slide looks."""

MOST_NEIGHBOURS = 3
SEARCH_STEPS = 6


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is known of where a frame lies.

    Attributes
    ----------
    pose
        Its place; None where tracking is lost.
    motion
        ``still`` or ``moving`` against the frame before, or ``jumped``: they share nothing. One
        whose place is not known as it is blurred is ``moving``.
    likeness
        Confidence, in [-1, 1]; 0 where tracking is lost.
    kept
        Whether the frame became a keyframe.
    """

    pose: Pose | None
    motion: Motion
    likeness: float
    kept: bool = False


class Tracker:
    """Follows the stage from frame to frame; owns the keyframes.

    Frames are placed against the nearest keyframe, so that errors do not add up while the
    stage stays about there, else against the frame before, else against other keyframes.

    Parameters
    ----------
    most_keyframes
        How many are kept; the oldest are forgotten.
    """

    def __init__(self, most_keyframes: int) -> None:
        self._atlas = Atlas(most_keyframes)
        self._near: Reference | None = None
        self._last: Reference | None = None
        self._sharpness = 0.0
        self._blurred = 0

    def locate(self, view: View) -> Sighting:
        """Place the next frame."""
        if not view.flat.any():
            return Sighting(None, "jumped", 0.0)
        last = self._last
        pose, alike = self._tracked(view)
        if pose is None:
            if self._is_blurred(view) and self._blurred < MOST_BLURRED:
                self._blurred += 1
                return Sighting(None, "moving", 0.0)
            pose = find(view, self._atlas)
            alike = LEAST_LIKENESS if pose is not None else 0.0
            if pose is None:
                self._last = None
                return Sighting(None, "jumped", 0.0)
            self._near = None
        self._blurred = 0
        return self._arrive(view, pose, alike, last)

    def start(self, view: View, part: int) -> Pose:
        """Open a new part of the map with a frame whose place is not known; give its pose."""
        pose = Pose(part, 0.0, 0.0)
        self._near = None
        self._blurred = 0
        self._keep(view, pose)
        self._last = Reference(pose, view.shape, view.flat)
        return pose

    def elsewhere(self, view: View, part: int) -> Pose | None:
        """Look for a view, which lies on ``part``, on all other parts, which lie as it lies."""
        return find(view, self._atlas.off(part), UNTURNED)

    def forget(self, part: int) -> None:
        """Forget the keyframes of a part."""
        self._atlas.forget(part)

    def join(self, part: int, pose: Pose) -> None:
        """Take a part to lie on another one, where its first frame has ``pose``."""
        self._atlas.join(part, pose)
        self._near = None
        if self._last is not None and self._last.pose.part == part:
            self._last = replace(self._last, pose=self._last.pose.through(pose))

    def _arrive(self, view: View, pose: Pose, alike: float, last: Reference | None) -> Sighting:
        self._near = self._nearest(pose, view)
        kept = self._near is None and not self._is_blurred(view)
        if kept:
            pose = self._settled(view, pose)
            self._keep(view, pose)
        self._last = Reference(pose, view.shape, view.flat)
        return Sighting(pose, _motion(last, self._last, view.step_px), alike, kept)

    def _tracked(self, view: View) -> tuple[Pose | None, float]:
        best: tuple[Pose | None, float] = None, 0.0
        for reference in self._references():
            if reference.shape != view.shape:
                continue
            shift = shift_between(view.flat, view.spectrum(), reference.flat, reference.spectrum)
            if shift is None or shift.likeness <= max(best[1], LEAST_LIKENESS):
                continue
            best = placed(view, reference.pose, shift), shift.likeness
            break
        return best

    def _references(self) -> Iterator[Reference]:
        if self._near is not None:
            yield self._near
        if self._last is not None:
            yield self._last
            near = self._atlas.near(self._last.pose, self._last.shape, 1 - LEAST_OVERLAP)
            yield from (keyframe.unpacked() for keyframe in near[:MOST_NEIGHBOURS])

    def _nearest(self, pose: Pose, view: View) -> Reference | None:
        """Give the keyframe by which a view is best placed; None where all are too far."""
        near = self._near if self._near is not None and self._near.shape == view.shape else None
        if near is not None and distance(near.centre, pose, view.shape) < NEAR / 2:
            return near
        keyframe = next(iter(self._atlas.near(pose, view.shape, NEAR)), None)
        if keyframe is None:
            return None
        same = self._near is not None and self._near.pose == keyframe.pose
        return self._near if same else keyframe.unpacked()

    def _settled(self, view: View, pose: Pose) -> Pose:
        """Move a pose to where the neighbouring keyframes together say that it lies."""
        here = Reference(pose, view.shape, view.flat)
        near = self._atlas.near(pose, view.shape, 1 - LEAST_OVERLAP)[: 2 * MOST_NEIGHBOURS]
        found = [residual(here, keyframe.unpacked(), view.step_px) for keyframe in near]
        told = [(weight, moved) for weight, moved in found if weight > 0]
        if not told:
            return pose
        weights, moves = (np.array(column) for column in zip(*told, strict=True))
        rows, columns = np.average(moves, axis=0, weights=weights).tolist()
        return Pose(pose.part, pose.row + rows, pose.column + columns, pose.rotation)

    def _keep(self, view: View, pose: Pose) -> None:
        keyframe = Keyframe.of(view, pose)
        self._atlas.add(keyframe)
        self._near = keyframe.unpacked()
        self._sharpness = view.sharpness

    def _is_blurred(self, view: View) -> bool:
        return view.sharpness < SHARP_SHARE * self._sharpness


def residual(here: Reference, other: Reference, step_px: int) -> tuple[float, NDArray[np.float64]]:
    """Give by how much a pose is off against one keyframe, and how much that weighs.

    Parameters
    ----------
    here
        A view at the pose in question.
    other
        A keyframe at about the same rotation that overlaps it.
    step_px
        Pixels of a frame to one of a reduced frame.

    Returns
    -------
    tuple of float and (2,) float64
        Weight, 0 where the two tell nothing; rows and columns to add to the pose, in pixels.
    """
    away = other.pose.to_frame(np.array([[here.pose.row, here.pose.column]]))[0] / step_px
    guess = np.rint(away).astype(int)
    height, width = here.flat.shape
    top, left = np.maximum(0, -guess) + SEARCH_STEPS
    bottom, right = np.array([height, width]) - np.maximum(0, guess) - SEARCH_STEPS
    if bottom - top < SEARCH_STEPS or right - left < SEARCH_STEPS:
        return 0.0, np.zeros(2)
    mine = here.flat[top:bottom, left:right]
    row, column = np.array([top, left]) + guess - SEARCH_STEPS
    around = other.flat[
        row : row + mine.shape[0] + 2 * SEARCH_STEPS,
        column : column + mine.shape[1] + 2 * SEARCH_STEPS,
    ]
    likenesses = cv2.matchTemplate(around, mine, cv2.TM_CCOEFF_NORMED)
    best = np.unravel_index(int(likenesses.argmax()), likenesses.shape)
    alike = float(likenesses[best])
    if alike < LEAST_LIKENESS:
        return 0.0, np.zeros(2)
    moved = np.asarray(best) - SEARCH_STEPS + guess - away
    off = np.asarray(other.pose.to_slide(moved[None])[0] - (other.pose.row, other.pose.column))
    return alike * mine.size, off * step_px


def _motion(last: Reference | None, now: Reference, step_px: int) -> Motion:
    if last is None or last.pose.part != now.pose.part or last.shape != now.shape:
        return "jumped"
    moved = np.abs(last.centre - now.centre).max()
    return "still" if moved < STILL_STEPS * step_px else "moving"
