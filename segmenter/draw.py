"""Draws what was found onto a frame, for people to look at."""

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.segmentation import find_boundaries

from segmenter.cells import Segmentation

OUTLINE = (40, 160, 60)
FLAGGED = (220, 30, 30)
MARGIN_PX = 4
THICKNESS_PX = 3


def draw(
    frame: NDArray[np.uint8],
    segmentation: Segmentation,
    flagged: NDArray[np.bool_] | None = None,
) -> NDArray[np.uint8]:
    """Outline every cell in green, and box the flagged ones in red.

    Parameters
    ----------
    frame
        (h, w, 3) uint8, RGB.
    segmentation
        Its n cells.
    flagged
        (n,) bool, or None.

    Returns
    -------
    (h, w, 3) uint8, RGB, a new picture.
    """
    height, width = frame.shape[:2]
    labels = cv2.resize(segmentation.labels, (width, height), interpolation=cv2.INTER_NEAREST)
    drawn = frame.copy()
    drawn[find_boundaries(labels)] = OUTLINE
    if flagged is not None:
        for top, left, bottom, right in segmentation.cells.boxes[flagged].tolist():
            first = left - MARGIN_PX, top - MARGIN_PX
            last = right + MARGIN_PX, bottom + MARGIN_PX
            cv2.rectangle(drawn, first, last, FLAGGED, THICKNESS_PX)
    return drawn
