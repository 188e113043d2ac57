"""Draws what was found onto a frame, for people to look at."""

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.segmentation import find_boundaries

from segmenter.cells import Segmentation, SetApart
from segmenter.kinds import CLUMP

OUTLINE = (40, 160, 60)
APART = (30, 80, 220)
FLAGGED = (220, 30, 30)
MARGIN_PX = 4
THICKNESS_PX = 3
LETTER_SHARE = 0.0007
"""Size of the letters, in OpenCV's unit, a pixel of the frame's longer side."""


def draw(
    frame: NDArray[np.uint8],
    segmentation: Segmentation,
    flagged: NDArray[np.bool_] | None = None,
) -> NDArray[np.uint8]:
    """Outline every cell in green, what is set apart in blue with its kind, box flagged cells.

    Parameters
    ----------
    frame
        (h, w, 3) uint8, RGB.
    segmentation
        Its n cells, and what was set apart.
    flagged
        (n,) bool, or None.

    Returns
    -------
    (h, w, 3) uint8, RGB, a new picture.
    """
    height, width = frame.shape[:2]
    labels = _as_wide_as(segmentation, height, width)
    outlines = find_boundaries(labels, mode="inner")
    drawn = frame.copy()
    drawn[outlines] = OUTLINE
    drawn[outlines & (labels > len(segmentation.cells))] = APART
    _name(drawn, segmentation.apart)
    if flagged is not None:
        for top, left, bottom, right in segmentation.cells.boxes[flagged].tolist():
            first = left - MARGIN_PX, top - MARGIN_PX
            last = right + MARGIN_PX, bottom + MARGIN_PX
            cv2.rectangle(drawn, first, last, FLAGGED, THICKNESS_PX)
    return drawn


def _as_wide_as(segmentation: Segmentation, height: int, width: int) -> NDArray[np.int32]:
    rows = (np.arange(height) * segmentation.scale).astype(np.intp)
    columns = (np.arange(width) * segmentation.scale).astype(np.intp)
    return segmentation.labels[rows[:, None], columns]


def _name(drawn: NDArray[np.uint8], apart: SetApart) -> None:
    """Write each thing's kind where it lies, and of a clump how many cells it may hold."""
    size = max(0.3, LETTER_SHARE * max(drawn.shape))
    for kind, (row, column), cells in zip(
        apart.kinds.tolist(), apart.centroids.tolist(), apart.estimated_cells.tolist(), strict=True
    ):
        text = f"{kind} ~{cells}" if kind == CLUMP else kind
        (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
        left = min(max(0, round(column) - width // 2), max(0, drawn.shape[1] - width))
        at = left, max(round(20 * size), round(row))
        cv2.putText(drawn, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, APART, 1, cv2.LINE_AA)
