"""Labels as lines around them."""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from segmenter.cells import Segmentation

Outline = NDArray[np.int32]
"""(n, 2), (column, row) in pixels of the frame, closed from the last point to the first."""


def outlines(segmentation: Segmentation) -> list[Outline]:
    """Give the outline of every region: the cells, then what is set apart.

    A region in several pieces has the outline of its largest; one without a pixel, an empty one.
    """
    labels = segmentation.labels
    count = len(segmentation.cells) + len(segmentation.apart)
    places = ndimage.find_objects(labels, max_label=count)
    return [
        np.empty((0, 2), np.int32)
        if place is None
        else _outline(labels, number, place, segmentation.scale)
        for number, place in enumerate(places, 1)
    ]


def dashes(outline: Outline, length_px: int) -> list[Outline]:
    """Cut an outline into dashes of about ``length_px``, with gaps as long between them."""
    closed = np.concatenate([outline, outline[:1]]).astype(np.float64)
    steps = np.linalg.norm(np.diff(closed, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    pairs = max(1, round(along[-1] / (2 * length_px))) if len(outline) else 0
    starts = np.arange(pairs) * along[-1] / max(1, pairs)
    return [_between(closed, along, start, start + along[-1] / (2 * pairs)) for start in starts]


def _outline(
    labels: NDArray[np.int32], number: int, place: tuple[slice, ...], scale: float
) -> Outline:
    mask = (labels[place] == number).astype(np.uint8)
    found, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(found, key=len)[:, 0, :]
    corner = place[1].start, place[0].start
    return np.asarray(np.rint((largest + corner + 0.5) / scale - 0.5), np.int32)


def _between(
    closed: NDArray[np.float64], along: NDArray[np.float64], start: float, end: float
) -> Outline:
    inner = along[(along > start) & (along < end)]
    at = np.concatenate([[start], inner, [end]])
    points = np.stack([np.interp(at, along, closed[:, axis]) for axis in (0, 1)], axis=1)
    return np.asarray(np.rint(points), np.int32)
