"""All keyframes, and which of them lie near a place."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from monitor.gate.keyframes import Keyframe
from monitor.gate.pose import Pose

SAME_TURN_DEGREES = 1.0


class Atlas:
    """Keyframes in the order in which they came; the oldest are forgotten.

    Finding those near a place costs some microseconds, however large the slide is.

    Parameters
    ----------
    most
        How many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._keyframes: list[Keyframe] = []
        self._table = _table([])

    def __iter__(self) -> Iterator[Keyframe]:
        return iter(self._keyframes)

    def add(self, keyframe: Keyframe) -> None:
        """Put a keyframe behind the others."""
        surplus = max(0, len(self._keyframes) + 1 - self._most)
        self._keyframes = [*self._keyframes[surplus:], keyframe]
        self._table = np.vstack([self._table[surplus:], _table([keyframe])])

    def off(self, part: int) -> Iterator[Keyframe]:
        """Give the keyframes of all other parts."""
        return (known for known in self._keyframes if known.pose.part != part)

    def forget(self, part: int) -> None:
        """Forget the keyframes of a part."""
        self._keyframes = list(self.off(part))
        self._table = _table(self._keyframes)

    def join(self, part: int, pose: Pose) -> None:
        """Take a part to lie on another one, where its first frame has ``pose``."""
        self._keyframes = [
            known.at(known.pose.through(pose)) if known.pose.part == part else known
            for known in self._keyframes
        ]
        self._table = _table(self._keyframes)

    def near(self, pose: Pose, shape: tuple[int, int], within: float) -> list[Keyframe]:
        """Give the keyframes near a pose, turned as it is, the nearest first.

        Parameters
        ----------
        pose, shape
            Of a view; shape in pixels of a frame, those of other frames do not count.
        within
            How far away they are at most, see :func:`distance`.
        """
        centres, rotations, parts = self._table[:, :2], self._table[:, 2], self._table[:, 3]
        away = np.abs((centres - pose.centre(shape)) / shape).max(axis=1, initial=0.0)
        alike = (parts == pose.part) & (np.abs(rotations - pose.rotation) < SAME_TURN_DEGREES)
        found = np.flatnonzero(alike & (away < within))
        nearest = (self._keyframes[at] for at in found[np.argsort(away[found], kind="stable")])
        return [keyframe for keyframe in nearest if keyframe.shape == shape]


def _table(keyframes: list[Keyframe]) -> NDArray[np.float64]:
    """Give where keyframes lie, (n, 4): row and column of the centre, rotation, part."""
    rows = [(*one.pose.centre(one.shape), one.pose.rotation, one.pose.part) for one in keyframes]
    return np.array(rows, np.float64).reshape(-1, 4)


def distance(centre: NDArray[np.float64], pose: Pose, shape: tuple[int, int]) -> float:
    """Give how far a place is from the centre of a view, as the larger share of its sides."""
    return float(np.abs((centre - pose.centre(shape)) / shape).max())
