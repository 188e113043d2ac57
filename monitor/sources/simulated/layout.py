"""Where things lie on a smear without end: tile by tile, the same whatever is looked at first."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from monitor.sources.simulated.bank import DEPOSIT, PLATELET, SHAPES, VARIANTS, WHITE_CELL
from monitor.sources.simulated.crowd import Crowd
from monitor.sources.simulated.options import SmearOptions
from monitor.sources.simulated.shapes import Outline

FIELD_AREA_PX = 1280 * 960
TILE_DIAMETERS = 6
KEPT_TILES = 256
STAGE_SHARES = (0.6, 0.28, 0.12)
OTHERS_PER_FIELD = {PLATELET: 4.0, WHITE_CELL: 0.12, DEPOSIT: 0.8}
PLATELETS_ON_CELLS = 0.1

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tile:
    """What has its place in one square tile; cells of a pair may lie a little outside.

    Attributes
    ----------
    name
        ``row:column`` of the tile.
    centres
        (n, 2) int64, (row, column) of the red cells in pixels on the slide.
    shapes, stages
        (n,) int64, outline number and index into ``STAGES``.
    overlapping
        (n,) bool.
    others
        (m, 4) int64, (row, column, kind, variant) of all that is no red cell.
    obstacles
        (k, 3) float64, (row, column, reach) of what the next tiles must leave free.
    """

    name: str
    centres: Integers
    shapes: Integers
    stages: Integers
    overlapping: NDArray[np.bool_]
    others: Integers
    obstacles: NDArray[np.float64]


class Layout:
    """The places of all things on one slide.

    Tiles are laid in four colours, like a chessboard with two kinds of row: a tile depends
    on its neighbours of lower colour only, so any of them can be asked for at any time.
    """

    def __init__(self, seed: int, options: SmearOptions, outlines: tuple[Outline, ...]) -> None:
        self._seed = seed
        self._options = options
        self._outlines = outlines
        self.tile_px = round(TILE_DIAMETERS * options.diameter)
        self.tile = lru_cache(maxsize=KEPT_TILES)(self._tile)

    def _tile(self, row: int, column: int) -> Tile:
        rng = np.random.default_rng([self._seed, 31, row & 0xFFFFFFFF, column & 0xFFFFFFFF])
        origin = np.array([row, column]) * self.tile_px
        crowd = Crowd(origin, self.tile_px, self._lower_neighbours(row, column))
        others = self._white_cells(rng, crowd)
        self._red_cells(rng, crowd)
        others += self._small_things(rng, crowd)
        shapes = np.array(crowd.shapes, np.int64)
        fate = rng.random((len(shapes), 2))
        return Tile(
            name=f"{row}:{column}",
            centres=np.array(crowd.centres, np.int64).reshape(-1, 2),
            shapes=shapes,
            stages=self._stages(fate),
            overlapping=np.array(crowd.overlapping, np.bool_),
            others=np.array(others, np.int64).reshape(-1, 4),
            obstacles=crowd.own_obstacles(),
        )

    def _lower_neighbours(self, row: int, column: int) -> list[NDArray[np.float64]]:
        around = [(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
        mine = _colour(row, column)
        return [self.tile(*place).obstacles for place in around if _colour(*place) < mine]

    def _stages(self, fate: NDArray[np.float64]) -> Integers:
        stage = 1 + np.searchsorted(np.cumsum(STAGE_SHARES)[:-1], fate[:, 1], side="right")
        return np.where(fate[:, 0] < self._options.parasitemia, stage, 0).astype(np.int64)

    def _count(self, rng: np.random.Generator, per_field: float) -> int:
        return int(rng.poisson(per_field * self.tile_px**2 / FIELD_AREA_PX))

    def _red_cells(self, rng: np.random.Generator, crowd: Crowd) -> None:
        mean = self._options.density * self.tile_px**2 / FIELD_AREA_PX
        paired = self._options.overlap / (2 - self._options.overlap)
        # Neighbouring cells keep apart, so counts vary less than a Poisson number does.
        groups = rng.binomial(
            max(1, round(2 * mean)), mean / max(1, round(2 * mean)) / (1 + paired)
        )
        for _ in range(int(groups)):
            first, second = (int(shape) for shape in rng.integers(SHAPES, size=2))
            outlines = (self._outlines[first], self._outlines[second])
            if rng.random() < paired:
                crowd.add_pair(rng, (first, second), outlines)
            else:
                crowd.add(rng, first, outlines[0])

    def _white_cells(self, rng: np.random.Generator, crowd: Crowd) -> list[tuple[int, ...]]:
        found: list[tuple[int, ...]] = []
        for _ in range(self._count(rng, OTHERS_PER_FIELD[WHITE_CELL])):
            place = crowd.reserve(rng, 0.95 * self._options.diameter)
            if place is not None:
                found.append((*place, WHITE_CELL, int(rng.integers(VARIANTS))))
        return found

    def _small_things(self, rng: np.random.Generator, crowd: Crowd) -> list[tuple[int, ...]]:
        found: list[tuple[int, ...]] = []
        for kind in (PLATELET, DEPOSIT):
            for _ in range(self._count(rng, OTHERS_PER_FIELD[kind])):
                anywhere = kind == DEPOSIT or rng.random() < PLATELETS_ON_CELLS
                place = crowd.place(rng, -np.inf if anywhere else 0.2 * self._options.diameter)
                if place is not None:
                    found.append((*place, kind, int(rng.integers(VARIANTS))))
        return found


def _colour(row: int, column: int) -> int:
    return (row % 2) * 2 + column % 2
