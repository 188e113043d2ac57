"""Separates cells that touch or overlap."""

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.segmentation import watershed

from segmenter.shape import disc

SMOOTHING = 0.06
DEEPEST = 1.2
VOTES = 8.0
"""Weight of the outlines' votes against depth in the foreground, in usual radii."""

LEAST_DISTANCE = 0.33
"""Between two seeds, in usual diameters."""

LEAST_HEIGHT = 1.3
"""Least sum of both at a seed: a cell a radius deep needs few votes, a thin one many."""

SPECK = 0.03
"""What is smaller than this share of a cell's area is nothing."""


def separate(
    foreground: NDArray[np.bool_], votes: NDArray[np.float32], diameter_px: float
) -> NDArray[np.int32]:
    """Label every cell: seeded watershed on depth and on the outlines' votes for centres.

    Parameters
    ----------
    foreground
        (h, w) bool, holes filled.
    votes
        (h, w) float32, from :func:`segmenter.centres.centre_votes`.
    diameter_px
        Usual diameter of a cell, in pixels of ``foreground``.

    Returns
    -------
    (h, w) int32, 0 for the background, 1 ... n for the cells.

    Notes
    -----
    Depth is the distance to the background, which splits cells at waists (Beucher and
    Lantuejoul, 1979); where overlapping cells leave no waist, the arcs of their outlines within
    the clump still point at two centres. Seeds are peaks of the sum, at least a third of a
    diameter apart.
    """
    height = _height(foreground, votes, diameter_px)
    highest = cv2.dilate(height, disc(LEAST_DISTANCE * diameter_px))
    peaks = (height == highest) & (height > LEAST_HEIGHT) & foreground
    _, seeds = cv2.connectedComponents(peaks.astype(np.uint8), connectivity=8)
    labels = np.asarray(watershed(-height, seeds, mask=foreground), np.int32)
    return _with_seedless(labels, foreground, SPECK * np.pi / 4 * diameter_px**2)


def _height(
    foreground: NDArray[np.bool_], votes: NDArray[np.float32], diameter_px: float
) -> NDArray[np.float32]:
    distance = cv2.distanceTransform(foreground.astype(np.uint8), cv2.DIST_L2, 5)
    depth = np.minimum(distance * np.float32(2 / diameter_px), np.float32(DEEPEST))
    smooth = cv2.GaussianBlur(depth, (0, 0), max(0.5, SMOOTHING * diameter_px))
    return np.asarray(smooth + np.float32(VOTES) * votes, np.float32)


def _with_seedless(
    labels: NDArray[np.int32], foreground: NDArray[np.bool_], speck: float
) -> NDArray[np.int32]:
    """Label what is too thin for a seed too: platelets, lines, slivers; not what is a speck."""
    left = (foreground & (labels == 0)).astype(np.uint8)
    count, seedless, boxes, _ = cv2.connectedComponentsWithStats(left, connectivity=4)
    large = boxes[:, cv2.CC_STAT_AREA] > speck
    large[0] = False
    numbers = np.zeros(count, np.int32)
    numbers[large] = labels.max(initial=0) + np.arange(1, large.sum() + 1)
    return np.asarray(labels + numbers[seedless], np.int32)
