"""Where the stage stands at each frame."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from monitor.sources.simulated.options import MicroscopeOptions

DWELL_FRAMES, TRAVEL_FRAMES = 10, 14
RASTER_COLUMNS = 12
RASTER_STEP = 0.8
STEP_SHARES = (0.2, 0.9)
GAP_DIAMETERS = 2
EXPOSURE_SHARE = 0.25

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pose:
    """The stage at one frame.

    Attributes
    ----------
    position
        (row, column) on the slide of the frame's top left pixel.
    motion
        (rows, columns) in pixels by which it moves during the exposure.
    """

    position: Place
    motion: Place = (0, 0)


def poses(options: MicroscopeOptions) -> Iterator[Pose]:
    """Give the stage's poses frame by frame; each call gives the same ones."""
    if options.motion == "fields":
        return _fields(options)
    if options.motion == "still":
        return (Pose((0, 0)) for _ in count())
    stops = _raster(options) if options.motion == "raster" else _walk(options)
    return _between(stops)


def _fields(options: MicroscopeOptions) -> Iterator[Pose]:
    """Fields on a meander, far enough apart for no cell to lie in two of them."""
    gap = int(np.ceil(GAP_DIAMETERS * options.diameter))
    columns = int(np.ceil(np.sqrt(options.fields)))
    step = (options.height + gap, options.width + gap)
    return (Pose(_meander(number, columns, step)) for number in range(options.fields))


def _raster(options: MicroscopeOptions) -> Iterator[Place]:
    step = (round(RASTER_STEP * options.height), round(RASTER_STEP * options.width))
    return (_meander(number, RASTER_COLUMNS, step) for number in count())


def _meander(number: int, columns: int, step: Place) -> Place:
    row, column = divmod(number, columns)
    along = columns - 1 - column if row % 2 else column
    return row * step[0], along * step[1]


def _walk(options: MicroscopeOptions) -> Iterator[Place]:
    """Give the stops of a random walk; the stage moves one axis at a time, as its screws do."""
    rng = np.random.default_rng([options.seed, 51])
    row, column = 0, 0
    while True:
        yield row, column
        along_row, back = rng.integers(2, size=2)
        share = float(rng.uniform(*STEP_SHARES)) * (-1 if back else 1)
        row += 0 if along_row else round(share * options.height)
        column += round(share * options.width) if along_row else 0


def _between(stops: Iterator[Place]) -> Iterator[Pose]:
    """Dwell at each stop, then travel to the next one, starting and ending gently."""
    here = next(stops)
    for there in stops:
        for _ in range(DWELL_FRAMES):
            yield Pose(here)
        before = here
        for step in range(1, TRAVEL_FRAMES):
            share = (1 - np.cos(np.pi * step / TRAVEL_FRAMES)) / 2
            now = _mix(here, there, share)
            yield Pose(now, _mix((0, 0), (now[0] - before[0], now[1] - before[1]), EXPOSURE_SHARE))
            before = now
        here = there


def _mix(start: Place, end: Place, share: float) -> Place:
    row, column = (round(a + (b - a) * share) for a, b in zip(start, end, strict=True))
    return row, column
