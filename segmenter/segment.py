"""From a frame to its cells: the steps of the other files, one after the other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from config.settings import QualitySettings, SegmenterSettings
from segmenter.cells import Segmentation
from segmenter.foreground import filled, foreground_of, stain_of
from segmenter.illumination import background_of, optical_density
from segmenter.kinds import CELL, kinds_of
from segmenter.measure import Regions, mean_within, measure, to_cells
from segmenter.quality import judge
from segmenter.scale import cell_diameter, first_scale, fits, scale_for, shrink
from segmenter.separate import separate

LARGEST_HOLE = 0.35
"""Largest pale centre, as a share of a cell's area."""

SMALLEST_SPECK = 0.03
LOOKS = 3


@dataclass(frozen=True, slots=True)
class _Look:
    """A frame at one scale, with what is stained in it."""

    scale: float
    image: NDArray[np.uint8]
    background: NDArray[np.float32]
    density: NDArray[np.float32]
    stain: NDArray[np.float32]
    foreground: NDArray[np.bool_]
    diameter_px: float | None


def segment(
    frame: NDArray[np.uint8], settings: SegmenterSettings, quality: QualitySettings
) -> Segmentation:
    """Find the red blood cells of a frame.

    Parameters
    ----------
    frame
        (h, w, 3) uint8, RGB.
    settings
        Scale and range of diameters.
    quality
        Thresholds of the field's quality.

    Raises
    ------
    ValueError
        ``frame`` has another shape or type.
    """
    _check(frame)
    look = _look_at_right_scale(frame, settings)
    if look.diameter_px is None:
        return _without_cells(look, quality)
    usual_area = np.pi / 4 * look.diameter_px**2
    whole = filled(look.foreground, LARGEST_HOLE * usual_area, SMALLEST_SPECK * usual_area)
    labels = separate(whole, look.diameter_px)
    regions = measure(labels)
    kinds = kinds_of(regions, labels, look.density)
    labels, regions = _only(labels, regions, kinds == CELL)
    colours = mean_within(look.image.astype(np.float32), labels)
    return Segmentation(
        labels=labels,
        scale=look.scale,
        cells=to_cells(regions, colours, look.scale, frame.shape),
        background=look.background.mean(axis=(0, 1)),
        quality=judge(look.image, look.stain, whole, len(regions), look.diameter_px, quality),
        not_cells=_count(kinds),
    )


def _check(frame: NDArray[np.uint8]) -> None:
    if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8 or not frame.size:  # noqa: PLR2004
        raise ValueError(f"frame is {frame.dtype} {frame.shape}; it must be uint8 (h, w, 3)")


def _look_at_right_scale(frame: NDArray[np.uint8], settings: SegmenterSettings) -> _Look:
    look = _look(frame, first_scale(frame.shape, settings), settings)
    for _ in range(LOOKS - 1):
        if settings.um_per_pixel is not None or look.diameter_px is None or fits(look.diameter_px):
            break
        better = scale_for(look.diameter_px / look.scale)
        if better == look.scale:
            break
        look = _look(frame, better, settings)
    return look


def _look(frame: NDArray[np.uint8], scale: float, settings: SegmenterSettings) -> _Look:
    image = shrink(frame, scale)
    background = background_of(image)
    density = optical_density(image, background)
    stain = stain_of(density)
    foreground = foreground_of(stain)
    low, high = settings.min_diameter_px * scale, settings.max_diameter_px * scale
    whole = filled(foreground, LARGEST_HOLE * np.pi / 4 * (high / 2) ** 2, low)
    diameter = cell_diameter(whole, low, high)
    return _Look(scale, image, background, density, stain, foreground, diameter)


def _only(
    labels: NDArray[np.int32], regions: Regions, chosen: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], Regions]:
    """Keep the chosen regions, numbered anew from top to bottom."""
    kept = np.flatnonzero(chosen)
    order = kept[np.lexsort((regions.centroids[kept, 1], regions.centroids[kept, 0]))]
    numbers = np.zeros(len(regions) + 1, np.int32)
    numbers[order + 1] = np.arange(1, len(order) + 1)
    picked = Regions(
        regions.boxes[order],
        regions.centroids[order],
        regions.areas[order],
        regions.eccentricities[order],
        regions.solidities[order],
    )
    return numbers[labels], picked


def _count(kinds: NDArray[np.str_]) -> dict[str, int]:
    names, counts = np.unique(kinds[kinds != CELL], return_counts=True)
    return {str(name): int(count) for name, count in zip(names, counts, strict=True)}


def _without_cells(look: _Look, quality: QualitySettings) -> Segmentation:
    labels = np.zeros(look.image.shape[:2], np.int32)
    cells = to_cells(measure(labels), np.empty((0, 3)), look.scale, look.image.shape)
    return Segmentation(
        labels=labels,
        scale=look.scale,
        cells=cells,
        background=look.background.mean(axis=(0, 1)),
        quality=judge(look.image, look.stain, look.foreground, 0, 1.0, quality),
        not_cells={},
    )
