"""Different places of the slide: what is the same at all of them is not on the slide."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.gate.pose import Pose

APART = 0.2
"""Places are different when the view has moved by this share of its height or width."""

MOST = 40

ALIKE = 0.3
"""Views whose place against each other is not known are of different places when what stands out
in them correlates less. Places a cell or more apart reach 0.1, also with dirt in both."""

_EVERY_PX = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A place, and what stands out there.

    Attributes
    ----------
    part
        Of the map on which it lies.
    centre
        Where the view's centre lies, (row, column), as a share of its height and width.
    marks
        (2, rh, rw) uint8, 0 or 1, see :func:`monitor.care.stands_out.stands_out`.
    """

    part: int
    centre: NDArray[np.float64]
    marks: NDArray[np.uint8]


class Places:
    """The places visited last, in frames of one size, each place once.

    On one part of the map places are told apart by where they lie, else by what they show.

    Parameters
    ----------
    shape, reduced
        Height and width of the frames and of the reduced frames, in pixels.

    Attributes
    ----------
    totals
        (2, rh, rw) uint8: at how many places each pixel stands out.
    """

    def __init__(self, shape: tuple[int, int], reduced: tuple[int, ...]) -> None:
        self._shape = shape
        self._kept: list[Place] = []
        self.totals = np.zeros((2, *reduced), np.uint8)

    def __len__(self) -> int:
        return len(self._kept)

    def fit(self, shape: tuple[int, int]) -> bool:
        """Say whether frames of ``shape`` are of this size."""
        return shape == self._shape

    def has_left(self, pose: Pose) -> bool:
        """Say whether a view shows another place than the last one."""
        if not self._kept or self._kept[-1].part != pose.part:
            return True
        return self._nearest(pose) != len(self._kept) - 1

    def arrive(self, pose: Pose, marks: NDArray[np.uint8]) -> None:
        """Take a view in, in place of the earlier one of the same place, or of the oldest."""
        leaving = self._nearest(pose)
        if leaving is None:
            leaving = self._most_alike(pose.part, marks)
        if leaving is None and len(self._kept) == MOST:
            leaving = 0
        if leaving is not None:
            self.totals -= self._kept.pop(leaving).marks
        self.totals += marks
        self._kept.append(Place(pose.part, self._centre(pose), marks))

    def _centre(self, pose: Pose) -> NDArray[np.float64]:
        return np.asarray(pose.centre(self._shape) / self._shape, np.float64)

    def _nearest(self, pose: Pose) -> int | None:
        same = [at for at, place in enumerate(self._kept) if place.part == pose.part]
        if not same:
            return None
        centres = np.array([self._kept[at].centre for at in same])
        away = np.abs(centres - self._centre(pose)).max(axis=1)
        nearest = int(away.argmin())
        return same[nearest] if away[nearest] < APART else None

    def _most_alike(self, part: int, marks: NDArray[np.uint8]) -> int | None:
        """Give the place of another part that shows what a view shows."""
        others = [at for at, place in enumerate(self._kept) if place.part != part]
        alike = [_correlation(marks, self._kept[at].marks) for at in others]
        best = int(np.argmax(alike)) if alike else 0
        return others[best] if alike and alike[best] >= ALIKE else None


def _correlation(marks: NDArray[np.uint8], others: NDArray[np.uint8]) -> float:
    first, second = (one[0, ::_EVERY_PX, ::_EVERY_PX].astype(np.float32) for one in (marks, others))
    first, second = first - first.mean(), second - second.mean()
    spread = float(np.sqrt((first * first).sum() * (second * second).sum()))
    return float((first * second).sum()) / spread if spread > 0 else 0.0
