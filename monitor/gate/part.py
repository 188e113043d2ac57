"""A part of the slide map: the fields counted there, the area they cover, the things they show."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.gate.coverage import CLAIMED, LONG_SIDE, SEEN, Area, Coverage
from monitor.gate.known import Known
from monitor.gate.pose import Pose

NEAR_MARGIN, FAR_MARGIN = 1.25, 0.25
"""How much of a view's top and left, bottom and right border is not claimed, in cell diameters.
A cell of which less than a third is in view at the top is left out, one that touches the bottom
too; there, cells are told from those known one by one."""

NEAR_STRIP = 0.4
"""Within so many cell diameters of its top and left border a view cannot count a cell that ends
there: too little of it is in view. A neighbouring view must overlap it by so much."""

SAME_CELL = 0.45
"""Things that end nearer to each other, in cell diameters, are the same."""


@dataclass(frozen=True, slots=True)
class Things:
    """What a field shows, one row a thing.

    Attributes
    ----------
    ends
        (n, 2) float64, (bottom, right) of each box in pixels of the frame.
    diameter_px
        Usual diameter of a cell.
    """

    ends: NDArray[np.float64]
    diameter_px: float


@dataclass(frozen=True, slots=True)
class Taken:
    """A field on the map.

    Attributes
    ----------
    pose, shape
        Where it lies, and its height and width in pixels.
    claimed
        The area of the frame that it claims; None until it has been segmented.
    """

    pose: Pose
    shape: tuple[int, int]
    claimed: Area | None = None


class Part:
    """One part of the slide map.

    Cells are known by where their boxes end, at the bottom and right: that corner is in view
    whenever the border rule counts the cell, also where the top or left border cuts it. So
    the views, laid edge to edge, count each cell once, those cut at the outer borders included,
    as one large field would.

    Parameters
    ----------
    shape
        Height and width of the frames in pixels.
    bin_px
        See :class:`monitor.gate.known.Known`.
    diameter_px
        Usual diameter of a cell where it is known, else 0.
    """

    def __init__(self, shape: tuple[int, int], bin_px: float, diameter_px: float) -> None:
        self._square_px = max(shape) / LONG_SIDE
        self._bin_px = bin_px
        self._strip_px = NEAR_STRIP * diameter_px
        self._fields: dict[int, Taken] = {}
        self._known = Known(bin_px)
        self._coverage = Coverage(self._square_px)

    @property
    def fields(self) -> dict[int, Taken]:
        """The fields by number."""
        return dict(self._fields)

    def take(self, number: int, pose: Pose, shape: tuple[int, int]) -> None:
        """Put a field that is being counted on the map: nobody else is to count its area."""
        self._fields[number] = taken = Taken(pose, shape)
        self._draw(taken)

    def new_share(self, pose: Pose, shape: tuple[int, int], other: Pose | None = None) -> float:
        """Give the share of a view, in [0, 1], that no field counted, less what another shows.

        Parameters
        ----------
        pose, shape
            Of the view.
        other
            Pose of the other view, of the same shape.
        """
        area = self._shown(shape)
        return self._coverage.new_share(pose, area, None if other is None else (other, area))

    def forget(self, number: int) -> None:
        """Take a field off the map that could not be counted: its area is to be seen again."""
        del self._fields[number]
        self._redraw()

    def settle(self, number: int, things: Things) -> NDArray[np.bool_]:
        """Say which things of a field taken are new, (n,) bool, and remember them and its area."""
        field = self._fields[number]
        if not self._strip_px:
            self._strip_px = NEAR_STRIP * things.diameter_px
            self._redraw()
        ends = field.pose.to_slide(things.ends)
        claimed = (self._coverage.at(ends) & CLAIMED) > 0
        new = ~claimed
        within_px = min(SAME_CELL * things.diameter_px, self._bin_px)
        new[new] = ~self._known.has(ends[new], within_px)
        self._known.add(ends[new])
        self._fields[number] = settled = Taken(
            field.pose, field.shape, _claim(field.shape, things.diameter_px)
        )
        self._draw(settled)
        return new

    def move_to(self, other: "Part", pose: Pose) -> None:
        """Put all of this part on another one, in which its first frame has ``pose``."""
        there = pose.to_slide(self._known.points())
        other._known.add(there)
        for number, field in self._fields.items():
            moved = Taken(field.pose.through(pose), field.shape, field.claimed)
            other._fields[number] = moved
            other._draw(moved)

    def _shown(self, shape: tuple[int, int]) -> Area:
        """Give the area of a frame in which it counts the cells that end there."""
        strip = min(self._strip_px, min(shape) / 2)
        return strip, strip, *shape

    def _redraw(self) -> None:
        self._coverage = Coverage(self._square_px)
        for field in self._fields.values():
            self._draw(field)

    def _draw(self, field: Taken) -> None:
        self._coverage.add(field.pose, self._shown(field.shape), SEEN)
        if field.claimed is not None:
            self._coverage.add(field.pose, field.claimed, CLAIMED)


def _claim(shape: tuple[int, int], diameter_px: float) -> Area | None:
    top = left = NEAR_MARGIN * diameter_px
    bottom, right = (length - FAR_MARGIN * diameter_px for length in shape)
    if bottom <= top or right <= left:
        return None
    return top, left, bottom, right
