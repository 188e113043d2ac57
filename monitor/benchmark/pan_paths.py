"""Ways on which a stage brings a whole field before a smaller view."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Way = Literal["raster", "walk", "back-and-forth"]
WAYS: tuple[Way, ...] = get_args(Way)

OVERLAP = 0.25
LONGEST_STEP = 0.8
SPEEDS = (10, 20, 40)
DWELLS = (3, 8, 15)
SQUARE_PX = 8

Point = tuple[int, int]
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Step:
    """The stage at one frame.

    Attributes
    ----------
    position
        (row, column) of the view's top left pixel in the field.
    moved
        (rows, columns) in pixels since the frame before; (0, 0) while it rests.
    """

    position: Point
    moved: tuple[float, float] = (0.0, 0.0)


def steps(way: Way, field: Size, view: Size, rng: np.random.Generator) -> list[Step]:
    """Draw a way, with stops, on which every pixel of a field comes into view.

    Parameters
    ----------
    way
        ``raster``: row by row, to and fro, with overlap. ``walk``: to random places, until all
        was in view. ``back-and-forth``: each row there and back, one row too many.
    field, view
        (height, width) in pixels.
    rng
        Draws the way, how fast the stage is (10, 20 or 40 pixels a frame on average) and how
        many frames it rests at each stop (3, 8 or 15).
    """
    speed, dwell = int(rng.choice(SPEEDS)), int(rng.choice(DWELLS))
    draw = {"raster": _raster, "back-and-forth": _back_and_forth}.get(way)
    stops = draw(field, view, rng) if draw else _walk(field, view, rng, speed)
    return list(_driven(stops, speed, dwell))


def _driven(stops: Iterator[Point], speed: float, dwell: int) -> Iterator[Step]:
    here = next(stops)
    yield from [Step(here)] * dwell
    for there in stops:
        before = np.array(here, float)
        for place in _between(here, there, speed):
            moved = place - before
            yield Step(_pixel(place), (float(moved[0]), float(moved[1])))
            before = place
        yield from [Step(there)] * dwell
        here = there


def _between(here: Point, there: Point, speed: float) -> Iterator[NDArray[np.float64]]:
    """Give where the stage is on its way at each frame; it starts and ends gently."""
    start, way = np.array(here, float), np.subtract(there, here)
    frames = max(2, ceil(np.abs(way).max() / speed))
    for frame in range(1, frames):
        yield start + way * (1 - np.cos(np.pi * frame / frames)) / 2


def _raster(field: Size, view: Size, rng: np.random.Generator) -> Iterator[Point]:  # noqa: ARG001
    rows, columns = (
        _spread(length - seen, seen * (1 - OVERLAP))
        for length, seen in zip(field, view, strict=True)
    )
    for number, row in enumerate(rows):
        yield from ((row, column) for column in (columns if number % 2 == 0 else columns[::-1]))


def _back_and_forth(field: Size, view: Size, rng: np.random.Generator) -> Iterator[Point]:
    room = field[0] - view[0]
    far = field[1] - view[1]
    for row in sorted([*_spread(room, view[0]), int(rng.integers(room + 1))]):
        yield from ((row, 0), (row, far), (row, 0))


def _walk(field: Size, view: Size, rng: np.random.Generator, speed: float) -> Iterator[Point]:
    shown = _Shown(field, view)
    room = np.subtract(field, view)
    here = _pixel(rng.integers(room + 1).astype(float))
    shown.add(here)
    yield here
    while not shown.whole:
        away = rng.uniform(-LONGEST_STEP, LONGEST_STEP, 2) * view
        there = _pixel(np.clip(np.array(here) + away, 0, room))
        for place in _between(here, there, speed):
            shown.add(_pixel(place))
        shown.add(there)
        yield there
        here = there


class _Shown:
    """Which squares of a field were whole in view."""

    def __init__(self, field: Size, view: Size) -> None:
        self._seen = np.zeros([length // SQUARE_PX for length in field], bool)
        self._view = view

    @property
    def whole(self) -> bool:
        return bool(self._seen.all())

    def add(self, position: Point) -> None:
        top, left = (-(-start // SQUARE_PX) for start in position)
        bottom, right = (
            (start + length) // SQUARE_PX
            for start, length in zip(position, self._view, strict=True)
        )
        self._seen[top:bottom, left:right] = True


def _spread(room: int, step: float) -> list[int]:
    """Give the places from 0 to ``room``, at even distances of at most ``step``."""
    return [round(place) for place in np.linspace(0, room, ceil(room / step) + 1)]


def _pixel(place: NDArray[np.float64]) -> Point:
    row, column = np.rint(place).astype(int).tolist()
    return row, column
