"""Separates cells that touch or overlap."""

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.feature import peak_local_max
from skimage.measure import label
from skimage.segmentation import watershed

SMOOTHING = 0.06
LEAST_DISTANCE = 0.30
LEAST_RADIUS = 0.22


def separate(foreground: NDArray[np.bool_], diameter_px: float) -> NDArray[np.int32]:
    """Label every cell: seeded watershed on the smoothed distance transform.

    Parameters
    ----------
    foreground
        (h, w) bool, holes filled.
    diameter_px
        Usual diameter of a cell, in pixels of ``foreground``.

    Returns
    -------
    (h, w) int32, 0 for the background, 1 ... n for the cells.

    Notes
    -----
    Seeds are peaks of the distance transform at least 0.30 diameters apart: two overlapping
    discs keep two peaks down to that distance of their centres, while the ridges of one
    irregular cell lie closer. Beucher and Lantuejoul, 1979.
    """
    distance = cv2.distanceTransform(foreground.astype(np.uint8), cv2.DIST_L2, 5)
    smooth = cv2.GaussianBlur(distance, (0, 0), max(0.5, SMOOTHING * diameter_px))
    peaks = peak_local_max(
        smooth,
        min_distance=max(1, round(LEAST_DISTANCE * diameter_px)),
        threshold_abs=LEAST_RADIUS * diameter_px,
        exclude_border=False,
    )
    seeds = np.zeros(foreground.shape, np.int32)
    seeds[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    labels = np.asarray(watershed(-smooth, seeds, mask=foreground), np.int32)
    return _with_seedless(labels, foreground)


def _with_seedless(labels: NDArray[np.int32], foreground: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Label what is too thin for a seed too: platelets, lines, broken rings, slivers."""
    seedless = label(foreground & (labels == 0)).astype(np.int32)
    return np.where(seedless > 0, seedless + labels.max(initial=0), labels)
