"""Shapes: discs to draw and dilate with, and how convex regions are."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray


@lru_cache(maxsize=64)
def disc(radius_px: float) -> NDArray[np.uint8]:
    """Give a filled disc, (2 r + 1, 2 r + 1) uint8 of 0 and 1, r the radius rounded, >= 1."""
    side = 2 * max(1, round(radius_px)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


def solidity(mask: NDArray[np.uint8]) -> float:
    """Give the area of the longest outline in ``mask``, (h, w), over that of its convex hull.

    Both areas are those of polygons through the pixels' centres; 1 where the hull has none.
    """
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=len)
    hull = cv2.contourArea(cv2.convexHull(outline))
    return min(1.0, cv2.contourArea(outline) / hull) if hull else 1.0
