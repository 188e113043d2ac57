"""Laying things side by side in one tile (random sequential adsorption)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from monitor.sources.simulated.shapes import Outline

TRIES, FIRST_TRIES = 96, 12
START_ROOM = 64
PAIR_TRIES = 8
GAP_SHARE = 0.06
NEAR_SHARE = 0.55
CLOSEST, TOUCHING = 0.72, 0.99


class Crowd:
    """The things laid in a tile so far, and those around it.

    Attributes
    ----------
    centres, shapes, overlapping
        Of the red cells laid: (row, column) in whole pixels on the slide, outline number,
        and whether another cell was laid onto it.
    """

    def __init__(
        self, origin: NDArray[np.int64], side_px: int, around: Sequence[NDArray[np.float64]]
    ) -> None:
        self._origin = origin
        self._side = side_px
        near = [_near(things, origin, side_px) for things in around]
        self._things = np.concatenate([*near, np.empty((START_ROOM, 3))])
        self._first = self._known = sum(map(len, near))
        self.centres: list[tuple[int, int]] = []
        self.shapes: list[int] = []
        self.overlapping: list[bool] = []

    def own_obstacles(self) -> NDArray[np.float64]:
        """Give (k, 3) float64, (row, column, reach) of everything laid in this tile."""
        return self._things[self._first : self._known].copy()

    def add(self, rng: np.random.Generator, shape: int, outline: Outline) -> None:
        """Lay a cell that touches no other; nothing where there is no room."""
        place = self.place(rng, outline.reach)
        if place is not None:
            self._lay(place, shape, outline, overlapping=False)

    def add_pair(
        self,
        rng: np.random.Generator,
        shapes: tuple[int, int],
        outlines: tuple[Outline, Outline],
    ) -> None:
        """Lay two cells that touch or overlap each other and nothing else."""
        for _ in range(PAIR_TRIES):
            place = self.place(rng, outlines[0].reach)
            if place is None:
                continue
            beside = _beside(rng, place, outlines)
            if self._are_free(np.array([beside]), outlines[1].reach)[0]:
                self._lay(place, shapes[0], outlines[0], overlapping=True)
                self._lay(beside, shapes[1], outlines[1], overlapping=True)
                return

    def reserve(self, rng: np.random.Generator, reach: float) -> tuple[int, int] | None:
        """Keep a free place for something that is no red cell."""
        place = self.place(rng, reach)
        if place is not None:
            self._keep(place, reach)
        return place

    def place(self, rng: np.random.Generator, reach: float) -> tuple[int, int] | None:
        """Find a place in the tile with ``reach`` pixels free around it (-inf: anywhere)."""
        tried = self._origin + rng.integers(self._side, size=(TRIES, 2))
        for some in (tried[:FIRST_TRIES], tried[FIRST_TRIES:]):
            free = np.flatnonzero(self._are_free(some, reach))
            if len(free):
                row, column = some[free[0]].tolist()
                return row, column
        return None

    def _are_free(self, places: NDArray[np.int64], reach: float) -> NDArray[np.bool_]:
        things = self._things[: self._known]
        rows = places[:, 0, None] - things[:, 0]
        columns = places[:, 1, None] - things[:, 1]
        apart = np.maximum(things[:, 2] + reach * (1 + GAP_SHARE), 0)
        free: NDArray[np.bool_] = (rows * rows + columns * columns >= apart * apart).all(1)
        return free

    def _keep(self, place: tuple[int, int], reach: float) -> None:
        if self._known == len(self._things):
            self._things = np.concatenate([self._things, np.empty_like(self._things)])
        self._things[self._known] = (*place, reach)
        self._known += 1

    def _lay(
        self, place: tuple[int, int], shape: int, outline: Outline, *, overlapping: bool
    ) -> None:
        self._keep(place, outline.reach)
        self.centres.append(place)
        self.shapes.append(shape)
        self.overlapping.append(overlapping)


def _near(
    things: NDArray[np.float64], origin: NDArray[np.int64], side_px: int
) -> NDArray[np.float64]:
    """Keep the things that can stand in the way of one in or just beside the tile."""
    margin = side_px * NEAR_SHARE
    away = things[:, :2] - origin
    near: NDArray[np.float64] = things[((away > -margin) & (away < side_px + margin)).all(1)]
    return near


def _beside(
    rng: np.random.Generator, place: tuple[int, int], outlines: tuple[Outline, Outline]
) -> tuple[int, int]:
    turn = rng.uniform(0, 2 * np.pi)
    reach = outlines[0].towards(turn) + outlines[1].towards(turn + np.pi)
    distance = rng.uniform(CLOSEST, TOUCHING) * reach
    row = place[0] + distance * np.sin(turn)
    return round(row), round(place[1] + distance * np.cos(turn))
