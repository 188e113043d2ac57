"""Where the stain rises, how steeply and in which direction."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SMOOTHING_PX = 0.8


@dataclass(frozen=True, slots=True)
class Slopes:
    """The gradient of a smoothed picture of the stain.

    Attributes
    ----------
    down, across
        (h, w) float32, change of stain a pixel, along rows and columns.
    steepness
        (h, w) float32, >= 0, the gradient's length.
    """

    down: NDArray[np.float32]
    across: NDArray[np.float32]
    steepness: NDArray[np.float32]


def slopes_of(stain: NDArray[np.float32]) -> Slopes:
    """Measure the slopes of ``stain``, (h, w) float32."""
    smooth = cv2.GaussianBlur(stain, (0, 0), SMOOTHING_PX)
    down, across = (
        np.asarray(cv2.Sobel(smooth, cv2.CV_32F, x, 1 - x, scale=1 / 8), np.float32) for x in (0, 1)
    )
    return Slopes(down, across, np.asarray(cv2.magnitude(down, across), np.float32))
