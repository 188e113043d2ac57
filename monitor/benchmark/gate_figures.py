"""What the field gate costs, and how far it is off on a simulated slide."""

from collections.abc import Iterable

import msgspec
import numpy as np

from monitor.benchmark.gated_count import GatedCount


class GateSpeed(msgspec.Struct, frozen=True):
    """What a frame costs.

    Attributes
    ----------
    width, height
        Of a frame in pixels.
    frames
        How many were measured.
    mean_ms, p99_ms
        CPU time of the gate's thread for a frame.
    """

    width: int
    height: int
    frames: int
    mean_ms: float
    p99_ms: float


class SimulatedFigures(msgspec.Struct, frozen=True):
    """What was measured on a raster over one simulated slide.

    Attributes
    ----------
    frames, fields, rejected
        Frames of the video, those counted, and those too poor to count.
    cells, true_cells
        Counted through the gate, and those that the border rule counts in all that was shown.
    separate_cells, separate_true_cells
        The same of the segmenter alone, on as many separate fields of the same smear.
    error, separate_error
        Share of the true cells by which each is off; negative: too few.
    gate_error
        What is left of the error without the segmenter's own.
    parts, apart
        Parts of the slide map that were opened, and those that are on it in the end.
    speed
        Of the gate.
    """

    frames: int
    fields: int
    rejected: int
    cells: int
    true_cells: int
    separate_cells: int
    separate_true_cells: int
    error: float
    separate_error: float
    gate_error: float
    parts: int
    apart: int
    speed: GateSpeed


def error_of(cells: int, true_cells: int) -> float:
    """Give the share of the true cells by which a count is off; 0 where there are none."""
    return (cells - true_cells) / true_cells if true_cells else 0.0


def speed_of(size: tuple[int, int], counts: Iterable[GatedCount]) -> GateSpeed:
    """Give what a frame of ``size``, (height, width), cost; at least one was looked at."""
    ms = np.concatenate([count.look_ms for count in counts])
    return GateSpeed(size[1], size[0], len(ms), float(ms.mean()), float(np.percentile(ms, 99)))
