"""The figures of the field gate."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from monitor.benchmark.gated_count import GatedCount
from monitor.benchmark.pan_paths import Way

CLOSE = 0.03
FAR = 0.08


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


class PanResult(msgspec.Struct, frozen=True):
    """One video.

    Attributes
    ----------
    name, way
        The still field's picture, and how the view moved over it.
    frames, fields, rejected
        Frames of the video, those counted, and those too poor to count.
    cells, true_cells
        Counted through the gate, and found when the still field is segmented once.
    parts, apart
        Parts of the slide map that were opened, and those that were apart in the end.
    error
        Share of the true cells by which the count is off; negative: too few.
    """

    name: str
    way: Way
    frames: int
    fields: int
    rejected: int
    cells: int
    true_cells: int
    parts: int
    apart: int
    error: float


class PanFigures(msgspec.Struct, frozen=True):
    """What was measured on videos made of still fields.

    Attributes
    ----------
    videos, poor_fields, small_pictures
        Videos made, and pictures passed over on the way: too poor to count, or too small.
    within_3, within_8
        Share of the videos whose count is at most 3 %, 8 % off.
    worst_error, worst_name
        The error furthest from 0, and of which picture.
    median_error, mean_error
        Median of the errors without their signs; mean with them, so that what is counted twice
        and what is missed cancel each other.
    fields_per_video
        Mean number of frames counted.
    lost, apart
        Videos whose map fell into more than one part, and those in which these were not
        found to belong together later.
    speeds
        Of the gate, on the videos' frames and on frames of 1280x960.
    each
        The videos.
    """

    videos: int
    poor_fields: int
    small_pictures: int
    within_3: float
    within_8: float
    worst_error: float
    worst_name: str
    median_error: float
    mean_error: float
    fields_per_video: float
    lost: int
    apart: int
    speeds: tuple[GateSpeed, ...]
    each: tuple[PanResult, ...]


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
        Parts of the slide map that were opened, and those that were apart in the end.
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


class GateFigures(msgspec.Struct, frozen=True):
    """All that was measured; None: it was not asked for."""

    pans: PanFigures | None
    simulated: SimulatedFigures | None


def error_of(cells: int, true_cells: int) -> float:
    """Give the share of the true cells by which a count is off; 0 where there are none."""
    return (cells - true_cells) / true_cells if true_cells else 0.0


def speed_of(size: tuple[int, int], counts: Iterable[GatedCount]) -> GateSpeed:
    """Give what a frame of ``size``, (height, width), cost; at least one was looked at."""
    ms = np.concatenate([count.look_ms for count in counts])
    return GateSpeed(size[1], size[0], len(ms), float(ms.mean()), float(np.percentile(ms, 99)))


def summarise(
    each: Sequence[PanResult],
    poor_fields: int,
    small_pictures: int,
    speeds: tuple[GateSpeed, ...],
) -> PanFigures:
    """Put the results of all videos, at least one, together."""
    errors = np.array([result.error for result in each])
    off = np.abs(errors)
    worst = int(off.argmax())
    return PanFigures(
        videos=len(each),
        poor_fields=poor_fields,
        small_pictures=small_pictures,
        within_3=float((off <= CLOSE).mean()),
        within_8=float((off <= FAR).mean()),
        worst_error=float(errors[worst]),
        worst_name=each[worst].name,
        median_error=float(np.median(off)),
        mean_error=float(errors.mean()),
        fields_per_video=float(np.mean([result.fields for result in each])),
        lost=sum(result.parts > 1 for result in each),
        apart=sum(result.apart > 1 for result in each),
        speeds=speeds,
        each=tuple(each),
    )
