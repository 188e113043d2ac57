"""How far the field gate is off on videos made of still fields."""

from collections.abc import Sequence

import msgspec
import numpy as np

from monitor.benchmark.gate_figures import GateSpeed, error_of
from monitor.benchmark.pan_paths import Way

CLOSE = 0.03
FAR = 0.08


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
    same_scale_cells
        The latter where the segmenter is told the usual diameter that the video told.
    parts, apart
        Parts of the slide map that were opened, and those that are on it in the end.
    """

    name: str
    way: Way
    frames: int
    fields: int
    rejected: int
    cells: int
    true_cells: int
    same_scale_cells: int
    parts: int
    apart: int


class PanErrors(msgspec.Struct, frozen=True):
    """How far the counts of videos are off.

    Attributes
    ----------
    within_3, within_8
        Share of the videos whose count is at most 3 %, 8 % off.
    worst, worst_name
        The error furthest from 0, and of which picture.
    median, mean
        Median of the errors without their signs; mean with them, so that what is counted twice
        and what is missed cancel each other.
    """

    within_3: float
    within_8: float
    worst: float
    worst_name: str
    median: float
    mean: float


class PanFigures(msgspec.Struct, frozen=True):
    """What was measured on videos made of still fields.

    Attributes
    ----------
    videos, poor_fields, small_pictures
        Videos made, and pictures passed over on the way: too poor to count, or too small.
    errors
        Against the still field, segmented once.
    same_scale_errors
        Against the still field, segmented with the usual diameter that the video told: without
        what comes of one field telling its scale otherwise than the views of it do.
    fields_per_video
        Mean number of frames counted.
    lost, apart
        Videos whose map fell into more than one part, and those in which cells were counted
        on parts that were not found to belong together later.
    speeds
        Of the gate, on the videos' frames and on frames of 1280x960.
    each
        The videos.
    """

    videos: int
    poor_fields: int
    small_pictures: int
    errors: PanErrors
    same_scale_errors: PanErrors
    fields_per_video: float
    lost: int
    apart: int
    speeds: tuple[GateSpeed, ...]
    each: tuple[PanResult, ...]


def summarise(
    each: Sequence[PanResult],
    poor_fields: int,
    small_pictures: int,
    speeds: tuple[GateSpeed, ...],
) -> PanFigures:
    """Put the results of all videos, at least one, together."""
    return PanFigures(
        videos=len(each),
        poor_fields=poor_fields,
        small_pictures=small_pictures,
        errors=_errors(each, [result.true_cells for result in each]),
        same_scale_errors=_errors(each, [result.same_scale_cells for result in each]),
        fields_per_video=float(np.mean([result.fields for result in each])),
        lost=sum(result.parts > 1 for result in each),
        apart=sum(result.apart > 1 for result in each),
        speeds=speeds,
        each=tuple(each),
    )


def _errors(each: Sequence[PanResult], true_cells: Sequence[int]) -> PanErrors:
    pairs = zip(each, true_cells, strict=True)
    errors = np.array([error_of(result.cells, true) for result, true in pairs])
    off = np.abs(errors)
    worst = int(off.argmax())
    return PanErrors(
        within_3=float((off <= CLOSE).mean()),
        within_8=float((off <= FAR).mean()),
        worst=float(errors[worst]),
        worst_name=each[worst].name,
        median=float(np.median(off)),
        mean=float(errors.mean()),
    )
