"""Turns measured regions into the tables of cells and of what is set apart."""

import numpy as np
from numpy.typing import NDArray

from segmenter.cells import Cells, SetApart
from segmenter.measure import Regions


def to_cells(
    regions: Regions,
    colours: NDArray[np.float64],
    platelets: NDArray[np.bool_],
    scale: float,
    shape: tuple[int, ...],
) -> Cells:
    """Give regions as cells, in pixels of the frame.

    Parameters
    ----------
    regions, colours, platelets
        The cells, (n, 3) mean RGB, and (n,) which have a platelet on them.
    scale
        Working pixels per frame pixel.
    shape
        (h, w, ...) of the frame, which no box may leave.
    """
    return Cells(
        boxes=_boxes(regions, scale, shape),
        centroids=_centroids(regions, scale),
        areas=(regions.areas / scale**2).astype(np.float32),
        diameters=_diameters(regions, scale),
        eccentricities=regions.eccentricities,
        solidities=regions.solidities,
        mean_colours=np.rint(colours).astype(np.uint8),
        platelets=platelets,
    )


def to_apart(
    regions: Regions,
    kinds: NDArray[np.str_],
    estimates: NDArray[np.int32],
    scale: float,
    shape: tuple[int, ...],
) -> SetApart:
    """Give regions as things set apart, in pixels of the frame; ``kinds`` are (n,) str."""
    return SetApart(
        kinds=kinds,
        boxes=_boxes(regions, scale, shape),
        centroids=_centroids(regions, scale),
        diameters=_diameters(regions, scale),
        estimated_cells=estimates,
    )


def _boxes(regions: Regions, scale: float, shape: tuple[int, ...]) -> NDArray[np.int32]:
    size = np.array(shape[:2])
    low = np.minimum(np.floor(regions.boxes[:, :2] / scale), size - 1)
    high = np.minimum(np.ceil(regions.boxes[:, 2:] / scale), size)
    return np.concatenate([low, high], axis=1).astype(np.int32)


def _centroids(regions: Regions, scale: float) -> NDArray[np.float32]:
    return ((regions.centroids + 0.5) / scale - 0.5).astype(np.float32)


def _diameters(regions: Regions, scale: float) -> NDArray[np.float32]:
    return (np.sqrt(4 / np.pi * regions.areas) / scale).astype(np.float32)
