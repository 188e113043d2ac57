"""Fills the pale centres of cells, and leaves the gaps between cells open."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segmenter.shape import disc

LARGEST = 0.35
"""Largest pale centre, as a share of a cell's area."""

SPECK = 0.03
"""Holes of this share of a cell's area are filled wherever they lie."""

ROUND_EXTENT = 0.55
"""A hole that fills so much of its box is round; a gap between three cells fills less."""

CORE, NEAR = 0.6, 0.85
"""What lies so near to a centre is the cell's; a hole mostly so near to one is too (radii)."""


def fill_round(foreground: NDArray[np.bool_], hole_area: float) -> NDArray[np.bool_]:
    """Fill the holes that are round, for a first look.

    Parameters
    ----------
    foreground
        (h, w) bool.
    hole_area
        Largest hole that is filled, in pixels.
    """
    holes, boxes = _holes_of(foreground)
    areas = boxes[:, cv2.CC_STAT_AREA]
    around = boxes[:, cv2.CC_STAT_WIDTH] * boxes[:, cv2.CC_STAT_HEIGHT]
    fills = (areas <= hole_area) & (areas > ROUND_EXTENT * around)
    fills[0] = False
    return np.asarray(foreground | fills[holes])


def fill_centres(
    foreground: NDArray[np.bool_], centres: NDArray[np.bool_], diameter_px: float
) -> NDArray[np.bool_]:
    """Fill the pale centres of cells, also of those whose outline is broken.

    A hole between cells is bounded by their outer outlines and lies a radius from their
    centres. Filled, it would weld the cells together; it stays open.

    Parameters
    ----------
    foreground, centres
        (h, w) bool, the stained pixels and the certain centres.
    diameter_px
        Usual diameter of a cell, in pixels.
    """
    radius = diameter_px / 2
    points = centres.astype(np.uint8)
    whole = foreground | (cv2.dilate(points, disc(CORE * radius)) > 0)
    near = cv2.dilate(points, disc(NEAR * radius))
    holes, boxes = _holes_of(whole)
    areas = boxes[:, cv2.CC_STAT_AREA]
    covered = np.bincount(holes.ravel()[np.flatnonzero(near)], minlength=len(areas))
    usual = np.pi * radius**2
    fills = (areas <= SPECK * usual) | ((areas <= LARGEST * usual) & (2 * covered > areas))
    fills[0] = False
    return np.asarray(whole | fills[holes])


def _holes_of(foreground: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give the numbered pieces of what is not foreground (0 is foreground), and their figures."""
    _, holes, boxes, _ = cv2.connectedComponentsWithStats(
        (~foreground).astype(np.uint8), connectivity=4
    )
    return np.asarray(holes, np.int32), np.asarray(boxes, np.int32)
