"""Which area of a part of the slide map has been counted."""

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.gate.pose import Pose

LONG_SIDE = 256
"""The longer side of a view is so many squares of the map."""

SEEN, CLAIMED = 1, 2
_FRACTION_BITS = 4


class Coverage:
    """A map of squares, which grows as area is added.

    ``SEEN`` is all that counted frames show. ``CLAIMED`` is where their cells are known one by
    one: a cell whose box ends there, seen again, is not a new one, whatever it looks like.

    Parameters
    ----------
    square_px
        Side of a square in pixels of a frame.
    """

    def __init__(self, square_px: float) -> None:
        self.square_px = square_px
        self._squares = np.zeros((LONG_SIDE, LONG_SIDE), np.uint8)
        self._origin = np.array([0, 0])

    def add(self, corners: NDArray[np.float64], what: int) -> None:
        """Add the area between ``corners``, (n, 2), (row, column) on the part, in pixels."""
        squares = corners / self.square_px
        self._make_room(squares)
        area = np.zeros_like(self._squares)
        _fill(area, squares - self._origin, what)
        self._squares |= area

    def new_share(self, pose: Pose, shape: tuple[int, int], other: Pose | None = None) -> float:
        """Give the share of a view, in [0, 1], that no counted frame shows.

        Parameters
        ----------
        pose, shape
            Of the view.
        other
            Pose of another view of the same shape: what it shows does not count as new.
        """
        new = (self._window(pose, shape) & SEEN) == 0
        if other is not None and other.part == pose.part:
            shown = np.zeros(new.shape, np.uint8)
            _fill(shown, pose.to_frame(other.corners(shape)) / self.square_px, 1)
            new &= shown == 0
        return float(new.mean())

    def at(self, points: NDArray[np.float64]) -> NDArray[np.uint8]:
        """Give what is known at points of the part, (n, 2) in pixels; (n,) uint8 of flags."""
        squares = np.floor(points / self.square_px).astype(int) - self._origin
        inside = ((squares >= 0) & (squares < self._squares.shape)).all(axis=1)
        found = np.zeros(len(points), np.uint8)
        found[inside] = self._squares[squares[inside, 0], squares[inside, 1]]
        return found

    @property
    def squares(self) -> int:
        """How many squares have been seen."""
        return int(np.count_nonzero(self._squares & SEEN))

    def _window(self, pose: Pose, shape: tuple[int, int]) -> NDArray[np.uint8]:
        height, width = (max(1, round(length / self.square_px)) for length in shape)
        ends = pose.to_slide(np.array([[0, 0], [1, 0], [0, 1]]) * self.square_px)
        origin, along_rows, along_columns = ends / self.square_px - self._origin - 0.5
        # From a square of the window, by its middle, to the square of the map there.
        down, right = along_rows - origin, along_columns - origin
        middle = origin + 0.5 * (down + right)
        matrix = np.array(
            [[right[1], down[1], middle[1]], [right[0], down[0], middle[0]]], np.float64
        )
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(self._squares, matrix, (width, height), flags=flags))

    def _make_room(self, squares: NDArray[np.float64]) -> None:
        low = np.floor(squares.min(axis=0)).astype(int) - 1
        high = np.ceil(squares.max(axis=0)).astype(int) + 2
        before = np.maximum(0, self._origin - low)
        after = np.maximum(0, high - self._origin - self._squares.shape)
        if not (before.any() or after.any()):
            return
        # By half of what there is at least: growing step by step would copy it each time.
        half = np.asarray(self._squares.shape) // 2
        before, after = (np.where(need > 0, np.maximum(need, half), 0) for need in (before, after))
        self._squares = np.pad(self._squares, list(zip(before, after, strict=True)))
        self._origin = self._origin - before


def _fill(area: NDArray[np.uint8], corners: NDArray[np.float64], what: int) -> None:
    """Fill the squares whose middle lies between ``corners``, (n, 2), (row, column)."""
    # OpenCV fills what the outline touches: half a square less on every side.
    middle = corners.mean(axis=0)
    inner = corners - 0.5 * np.sign(corners - middle)
    points = np.rint((inner[:, ::-1] - 0.5) * (1 << _FRACTION_BITS)).astype(np.int32)
    cv2.fillConvexPoly(area, points, what, shift=_FRACTION_BITS)
