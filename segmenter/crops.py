"""Cuts the cells of a field out, all at once, each on an empty ground and in a standard light."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from segmenter.cells import Segmentation

OUTSIDE = 255
"""Value of every channel outside a cell's mask; no pixel inside has it."""

FIELD_LEVEL = 240.0
"""What the empty field's colour becomes, in every channel."""

MARGIN = 0.04
MOST_AT_ONCE = 256
"""Cells cut in one call: OpenCV takes pictures of at most 32,767 rows."""


def cut_crops(
    frame: NDArray[np.uint8], segmentation: Segmentation, size: int = 64
) -> NDArray[np.uint8]:
    """Cut out every cell.

    Parameters
    ----------
    frame
        (h, w, 3) uint8, RGB, the frame that was segmented.
    segmentation
        Its n cells.
    size
        Height and width of a crop in pixels.

    Returns
    -------
    (n, size, size, 3) uint8, RGB, C order. The cell's square box, a little wider than the
    cell, fills the crop. Each channel is scaled so that the empty field becomes 240, and cut
    off at 254; all that is not of this cell is 255.
    """
    count = len(segmentation.cells)
    crops = np.empty((count, size, size, 3), np.uint8)
    light = _light(segmentation.background)
    labels = segmentation.labels.astype(np.float32)
    for part in _parts(count):
        rows, columns = _grid(segmentation.cells.boxes[part], size)
        cut = cv2.remap(frame, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        found = _labels_at(labels, segmentation.scale, rows, columns).reshape(-1, size, size)
        numbers = np.arange(part.start + 1, part.stop + 1, dtype=np.float32)
        outside = (found != numbers[:, None, None]).astype(np.uint8) * OUTSIDE
        lit = cv2.LUT(cut, light).reshape(-1, size, size, 3)
        np.bitwise_or(lit, outside[..., None], out=crops[part])
    return crops


def _light(background: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Give what each level of each channel becomes in standard light, (256, 1, 3) uint8."""
    levels = np.arange(256, dtype=np.float32)[:, None, None]
    return np.minimum(levels * (FIELD_LEVEL / background), OUTSIDE - 1).astype(np.uint8)


def mask_of(crops: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Find the cells in crops, (n, h, w, 3) uint8; (n, h, w) bool."""
    return np.asarray((crops != OUTSIDE).any(axis=3))


def _parts(count: int) -> Iterator[slice]:
    for start in range(0, count, MOST_AT_ONCE):
        yield slice(start, min(start + MOST_AT_ONCE, count))


def _grid(boxes: NDArray[np.int32], size: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give the rows and columns of the frame that crops show, (n * size, size) float32 each."""
    top_left, bottom_right = boxes[:, :2].astype(np.float32), boxes[:, 2:].astype(np.float32)
    side = (bottom_right - top_left).max(axis=1) * (1 + MARGIN)
    corner = (top_left + bottom_right) / 2 - side[:, None] / 2
    steps = (np.arange(size, dtype=np.float32) + 0.5) / size
    along = corner[:, :, None] + side[:, None, None] * steps - 0.5
    shape = (len(boxes), size, size)
    rows = np.broadcast_to(along[:, 0, :, None], shape)
    columns = np.broadcast_to(along[:, 1, None, :], shape)
    return rows.reshape(-1, size), columns.reshape(-1, size)


def _labels_at(
    labels: NDArray[np.float32],
    scale: float,
    rows: NDArray[np.float32],
    columns: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Give the label under each point of the frame; 0 beyond its edge."""
    down, across = ((points + 0.5) * np.float32(scale) - 0.5 for points in (rows, columns))
    # Labels are exact in float32 up to 16 million, and OpenCV does not move int32.
    return np.asarray(
        cv2.remap(labels, across, down, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT),
        np.float32,
    )
