"""Different places of the slide: what is the same at all of them is not on the slide."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.gate.pose import Pose

APART = 0.2
"""Places are different when the view has moved by this share of its height or width."""

MOST = 32


@dataclass(frozen=True, slots=True)
class Place:
    """A place, and what stands out there.

    Attributes
    ----------
    centre
        Where the view's centre lies, (row, column), as a share of its height and width.
    marks
        (2, rh, rw) uint8, 0 or 1, see :func:`monitor.care.stands_out.stands_out`.
    """

    centre: NDArray[np.float64]
    marks: NDArray[np.uint8]


class Places:
    """The places visited last on one part of the map, in frames of one size, each place once.

    Attributes
    ----------
    totals
        (2, rh, rw) uint8: at how many places each pixel stands out.
    """

    def __init__(self, pose: Pose, shape: tuple[int, int], reduced: tuple[int, ...]) -> None:
        self._part = pose.part
        self._shape = shape
        self._kept: list[Place] = []
        self.totals = np.zeros((2, *reduced), np.uint8)

    def __len__(self) -> int:
        return len(self._kept)

    def fits(self, pose: Pose, shape: tuple[int, int]) -> bool:
        """Say whether a view lies on this part, and is of this size."""
        return pose.part == self._part and shape == self._shape

    def has_left(self, pose: Pose) -> bool:
        """Say whether a view shows another place than the last one."""
        nearest = self._nearest(self._centre(pose))
        return nearest is None or nearest != len(self._kept) - 1

    def arrive(self, pose: Pose, marks: NDArray[np.uint8]) -> None:
        """Take a view in, in place of the earlier one of the same place, or of the oldest."""
        centre = self._centre(pose)
        leaving = self._nearest(centre)
        if leaving is None and len(self._kept) == MOST:
            leaving = 0
        if leaving is not None:
            self.totals -= self._kept.pop(leaving).marks
        self.totals += marks
        self._kept.append(Place(centre, marks))

    def _centre(self, pose: Pose) -> NDArray[np.float64]:
        return np.asarray(pose.centre(self._shape) / self._shape, np.float64)

    def _nearest(self, centre: NDArray[np.float64]) -> int | None:
        if not self._kept:
            return None
        away = np.abs(np.array([place.centre for place in self._kept]) - centre).max(axis=1)
        nearest = int(away.argmin())
        return nearest if away[nearest] < APART else None
