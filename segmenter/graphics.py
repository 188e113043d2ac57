"""Burned-in scale bars, text and pointers: what stands still while the fields change."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

FEWEST_FRAMES = 8
"""With fewer, cells of different fields lie over each other too often."""

STILL = 24
"""Most by which a burned-in pixel changes, in grey levels: compression blurs what is around."""

UNLIKE_FIELD = 60
"""Least difference in grey levels from what is usual in the frames, in some channel."""

MOST_OF_FRAME = 0.05
"""More than this share of a frame standing still is no graphic: the fields are not different."""

MARGIN_PX = 2


def standing_graphics(frames: Iterable[NDArray[np.uint8]]) -> NDArray[np.bool_] | None:
    """Find the pixels that are the same in every frame and not those of an empty field.

    Parameters
    ----------
    frames
        Of different fields, (h, w, 3) uint8, RGB; those whose shape is not that of the first
        are left out.

    Returns
    -------
    (h, w) bool, a little wider than the graphics; None where nothing stands still, where there
    are fewer than eight frames, and where they do not show different fields.
    """
    darkest: NDArray[np.uint8] | None = None
    brightest = np.empty(0, np.uint8)
    count = 0
    for frame in frames:
        if darkest is None:
            darkest, brightest, count = frame.copy(), frame.copy(), 1
        elif frame.shape == darkest.shape:
            np.minimum(darkest, frame, out=darkest)
            np.maximum(brightest, frame, out=brightest)
            count += 1
    if darkest is None or count < FEWEST_FRAMES:
        return None
    return _standing(darkest, brightest)


def _standing(darkest: NDArray[np.uint8], brightest: NDArray[np.uint8]) -> NDArray[np.bool_] | None:
    still = ((brightest - darkest) <= STILL).all(axis=2)
    usual = np.median(brightest[::4, ::4].reshape(-1, 3), axis=0)
    unlike = np.abs(darkest[still] - usual).max(axis=1) >= UNLIKE_FIELD
    standing = np.zeros(still.shape, np.uint8)
    standing[still] = unlike
    if not 0 < standing.mean() <= MOST_OF_FRAME:
        return None
    side = 2 * MARGIN_PX + 1
    return np.asarray(cv2.dilate(standing, np.ones((side, side), np.uint8)) > 0)
