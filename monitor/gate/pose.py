"""Where a frame lies on the map of its slide."""

from dataclasses import dataclass
from math import cos, radians, sin
from typing import Self

import numpy as np
from numpy.typing import NDArray

from monitor.store import Place


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a frame lies on a part of the slide map.

    Attributes
    ----------
    part
        Number of the part, from 0. Parts are pieces of the slide whose place against each
        other is not known.
    row, column
        Where the frame's top left corner lies, in pixels of a frame, against that of the first
        frame of the part.
    rotation
        Angle in degrees by which the frame is turned against the part, from rows to columns.
    """

    part: int
    row: float
    column: float
    rotation: float = 0.0

    @classmethod
    def around(
        cls, part: int, centre: NDArray[np.float64], rotation: float, shape: tuple[int, int]
    ) -> Self:
        """Give the pose of a frame of ``shape`` by where its centre lies, (row, column)."""
        row, column = centre - _turned(np.asarray(shape) / 2, rotation)
        return cls(part, float(row), float(column), rotation)

    @classmethod
    def at(cls, place: Place) -> Self:
        """Give the pose that is kept as ``place``."""
        return cls(place.part, place.row, place.column, place.rotation)

    @property
    def place(self) -> Place:
        """The pose as it is kept."""
        row, column = round(float(self.row), 1), round(float(self.column), 1)
        return Place(self.part, row, column, round(float(self.rotation), 3))

    @property
    def _origin(self) -> NDArray[np.float64]:
        return np.array([self.row, self.column])

    def to_slide(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Give where points of the frame lie on the part; both (n, 2), (row, column), pixels."""
        return _turned(np.asarray(points, np.float64), self.rotation) + self._origin

    def to_frame(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Give where points of the part lie on the frame; both (n, 2), (row, column), pixels."""
        return _turned(np.asarray(points, np.float64) - self._origin, -self.rotation)

    def centre(self, shape: tuple[int, int]) -> NDArray[np.float64]:
        """Give where the centre of a frame of ``shape`` lies on the part, (row, column)."""
        return np.asarray(self.to_slide(np.asarray([shape]) / 2)[0], np.float64)

    def corners(self, shape: tuple[int, int]) -> NDArray[np.float64]:
        """Give where the corners of a frame of ``shape`` lie on the part, (4, 2), in a circle."""
        height, width = shape
        return self.to_slide(np.array([[0, 0], [0, width], [height, width], [height, 0]]))

    def against(self, other: Self) -> Self:
        """Give the pose of the first frame of ``other``'s part on this one's part.

        The two are poses of one and the same frame on two parts.
        """
        rotation = self.rotation - other.rotation
        row, column = self._origin - _turned(other._origin, rotation)
        return type(self)(self.part, float(row), float(column), rotation)

    def through(self, other: Self) -> Self:
        """Give this pose on the part in which the first frame of this one's has pose ``other``."""
        row, column = other.to_slide(np.array([[self.row, self.column]]))[0]
        return type(self)(other.part, float(row), float(column), self.rotation + other.rotation)


def _turned(points: NDArray[np.floating], degrees: float) -> NDArray[np.float64]:
    angle = radians(degrees)
    turn = np.array([[cos(angle), -sin(angle)], [sin(angle), cos(angle)]])
    return np.asarray(points @ turn.T, np.float64)
