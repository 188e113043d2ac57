"""How right and how fast the field gate is, on videos made of real still fields.

What is compared, and how it is kept fair:

- A view of 640x480 moves over a field of 1280x960 until all of it was in view; the frames have
  sensor noise, drifting brightness and motion blur. They go through the parts of capture:
  the usual diameter learnt from the first frames, the field gate, the segmenter, the sieve.
- The truth is the same segmenter's count of the still field, so that what is measured is the
  gate alone. Both leave the cells on the outer bottom and right border out.
- Time is CPU time of the gate's thread, OpenCV held to one, so that other programs neither
  help nor hurt.
- A video depends on the seed and its own number alone, not on how many there are.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from config import Settings
from monitor.benchmark.gate_figures import (
    GateSpeed,
    PanFigures,
    PanResult,
    error_of,
    speed_of,
    summarise,
)
from monitor.benchmark.gated_count import GatedCount, count_gated
from monitor.benchmark.one_thread import one_opencv_thread
from monitor.benchmark.pan_paths import WAYS, Way, steps
from monitor.benchmark.pan_video import PanVideo
from monitor.benchmark.still_fields import SIZE, StillField, StillFields
from monitor.sources import open_source

VIEW = (480, 640)
LARGE = "simulated:?motion=raster&frames={frames}&seed=1"
LARGE_FRAMES = 230


def benchmark_gate(
    folder: Path,
    settings: Settings,
    videos: int,
    seed: int = 0,
    step: Callable[[], None] = lambda: None,
) -> PanFigures:
    """Count videos made of the fields in a folder, and measure frames of 1280x960 too.

    Parameters
    ----------
    folder
        Of pictures, or of a data set or several; used again when they run out.
    settings
        All settings.
    videos
        How many, at least one; the three ways of moving take turns.
    seed
        Of fields, ways and noise.
    step
        Called after each video.

    Raises
    ------
    SourceError, DataError
        There is no picture that can be used, or one cannot be read.
    """
    fields = StillFields(folder, settings, seed)
    results, counts = [], []
    with one_opencv_thread():
        for number, field in zip(range(videos), fields, strict=False):
            result, count = _measure(field, WAYS[number % len(WAYS)], settings, [seed, number])
            results.append(result)
            counts.append(count)
            step()
        large = _large(settings)
    return summarise(results, fields.poor, fields.small, (speed_of(VIEW, counts), large))


def _measure(
    field: StillField, way: Way, settings: Settings, seed: list[int]
) -> tuple[PanResult, GatedCount]:
    path = steps(way, SIZE, VIEW, np.random.default_rng(seed))
    count = count_gated(PanVideo(field.image, path, VIEW, seed), settings)
    result = PanResult(
        name=field.path.name,
        way=way,
        frames=len(path),
        fields=count.fields,
        rejected=count.rejected,
        cells=count.cells,
        true_cells=field.cells,
        error=error_of(count.cells, field.cells),
        parts=count.parts,
        apart=count.apart,
    )
    return result, count


def _large(settings: Settings) -> GateSpeed:
    source = open_source(LARGE.format(frames=LARGE_FRAMES), settings)
    return speed_of(SIZE, [count_gated(source, settings)])
