"""Which area of a part of the slide map has been counted."""

from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

from monitor.gate.pose import Pose

LONG_SIDE = 256
"""The longer side of a view is so many squares of the map."""

SEEN, CLAIMED = 1, 2

Area = tuple[float, float, float, float]
"""(top, left, bottom, right) on a frame, in pixels, half-open."""


class Coverage:
    """A map of squares, which grows as area is added. A square counts by its middle.

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
        self._origin = np.zeros(2, int)

    def add(self, pose: Pose, area: Area, what: int) -> None:
        """Add an area of a frame."""
        rows, columns = self._around(pose, area)
        self._make_room(rows, columns)
        part = self._squares[self._at(rows, 0), self._at(columns, 1)]
        part[self._inside(rows, columns, pose, area)] |= what

    def new_share(self, pose: Pose, area: Area, other: tuple[Pose, Area] | None = None) -> float:
        """Give the share of an area of a frame, in [0, 1], that no counted frame shows.

        Parameters
        ----------
        pose, area
            Of the frame.
        other
            Of another frame: what it shows does not count as new.
        """
        rows, columns = self._around(pose, area)
        self._make_room(rows, columns)
        part = self._squares[self._at(rows, 0), self._at(columns, 1)]
        inside = self._inside(rows, columns, pose, area)
        new = inside & ((part & SEEN) == 0)
        if other is not None and other[0].part == pose.part:
            new &= ~self._inside(rows, columns, *other)
        return float(np.count_nonzero(new)) / max(1, int(np.count_nonzero(inside)))

    def at(self, points: NDArray[np.float64]) -> NDArray[np.uint8]:
        """Give what is known at points of the part, (n, 2) in pixels; (n,) uint8 of flags."""
        squares = np.floor(points / self.square_px).astype(int) - self._origin
        inside = ((squares >= 0) & (squares < self._squares.shape)).all(axis=1)
        found = np.zeros(len(points), np.uint8)
        found[inside] = self._squares[squares[inside, 0], squares[inside, 1]]
        return found

    def _around(self, pose: Pose, area: Area) -> tuple[range, range]:
        """Give the rows and columns of squares around an area."""
        top, left, bottom, right = area
        corners = np.array([[top, left], [top, right], [bottom, right], [bottom, left]])
        squares = pose.to_slide(corners) / self.square_px
        low, high = np.floor(squares.min(axis=0)), np.ceil(squares.max(axis=0))
        (first, start), (last, stop) = low.astype(int).tolist(), high.astype(int).tolist()
        return range(first, last), range(start, stop)

    def _inside(self, rows: range, columns: range, pose: Pose, area: Area) -> NDArray[np.bool_]:
        """Say of which squares the middle lies in an area; (rows, columns) bool."""
        top, left, bottom, right = area
        down = (np.array(rows) + 0.5) * self.square_px - pose.row
        across = (np.array(columns) + 0.5) * self.square_px - pose.column
        if not pose.rotation:
            fits = (down >= top) & (down < bottom), (across >= left) & (across < right)
            return np.asarray(fits[0][:, None] & fits[1])
        turn = radians(pose.rotation)
        row = (cos(turn) * down)[:, None] + sin(turn) * across
        column = (-sin(turn) * down)[:, None] + cos(turn) * across
        return np.asarray((row >= top) & (row < bottom) & (column >= left) & (column < right))

    def _at(self, squares: range, axis: int) -> slice:
        first = squares.start - int(self._origin[axis])
        return slice(first, first + len(squares))

    def _make_room(self, rows: range, columns: range) -> None:
        low, high = np.array([rows.start, columns.start]), np.array([rows.stop, columns.stop])
        before = np.maximum(0, self._origin - low)
        after = np.maximum(0, high - self._origin - self._squares.shape)
        if not (before.any() or after.any()):
            return
        # By half of what there is at least: growing step by step would copy it each time.
        half = np.asarray(self._squares.shape) // 2
        before, after = (np.where(need > 0, np.maximum(need, half), 0) for need in (before, after))
        self._squares = np.pad(self._squares, list(zip(before, after, strict=True)))
        self._origin = self._origin - before
