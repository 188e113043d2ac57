"""How convex one region is."""

import cv2
import numpy as np
from numpy.typing import NDArray


def solidity(mask: NDArray[np.uint8]) -> float:
    """Give the area of the largest outline in ``mask``, (h, w), over that of its convex hull.

    Both areas are those of polygons through the pixels' centres; 1 where the hull has none.
    """
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=len)
    hull = cv2.contourArea(cv2.convexHull(outline))
    return min(1.0, cv2.contourArea(outline) / hull) if hull else 1.0
