"""A frame made small, as the gate compares it with others."""

from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len, rfft2

LONG_SIDE_PX = 288
"""The longer side of a reduced frame is at most so long, in pixels."""

LARGEST_ODD_STEP = 3
"""From there on frames are reduced by even steps, as halving is fast."""

LEAST_CONTRAST = 1.0
"""Standard deviation in grey levels below which a reduced frame shows nothing but noise."""

UNEVEN_SHARE = 6
"""What is wider than this share of the reduced frame's height is uneven light, not cells."""


@dataclass(frozen=True, slots=True)
class View:
    """A reduced frame.

    Attributes
    ----------
    shape
        Height and width of the frame in pixels.
    step_px
        Pixels of the frame to one of the reduced frame.
    colours
        (rh, rw, 3) uint8, RGB, averaged over ``step_px`` x ``step_px`` pixels.
    flat
        (rh, rw) float32, luminance without uneven light, of mean 0 and standard deviation 1;
        all 0 where the frame shows nothing.
    sharpness
        How sharp the whole frame is, >= 0; free of brightness and contrast.
    """

    shape: tuple[int, int]
    step_px: int
    colours: NDArray[np.uint8]
    flat: NDArray[np.float32]
    sharpness: float

    def spectrum(self) -> NDArray[np.complex64]:
        """Give the spectrum of ``flat``, its borders faded out."""
        return spectrum(self.flat)


def look_at(image: NDArray[np.uint8]) -> View:
    """Reduce a frame.

    Parameters
    ----------
    image
        (h, w, 3) uint8, RGB.
    """
    height, width = image.shape[:2]
    step_px = max(1, ceil(max(height, width) / LONG_SIDE_PX))
    step_px += step_px > LARGEST_ODD_STEP and step_px % 2
    colours = _reduced(image, step_px)
    return View((height, width), step_px, colours, flattened(colours), _sharpness(image, step_px))


def _reduced(image: NDArray[np.uint8], step_px: int) -> NDArray[np.uint8]:
    """Average blocks of ``step_px`` x ``step_px`` pixels."""
    height, width = (step_px * (side // step_px) or side for side in image.shape[:2])
    means = image[:height, :width]
    for step in (2, step_px // 2) if step_px % 2 == 0 else (step_px,):
        size = max(1, means.shape[1] // step), max(1, means.shape[0] // step)
        means = np.asarray(cv2.resize(means, size, interpolation=cv2.INTER_AREA), np.uint8)
    return means


def flattened(colours: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give the luminance without uneven light, of mean 0 and standard deviation 1.

    Parameters
    ----------
    colours
        (rh, rw, 3) uint8, RGB.
    """
    grey = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY).astype(np.float32)
    wide = max(3, grey.shape[0] // UNEVEN_SHARE) | 1
    grey -= cv2.blur(grey, (wide, wide), borderType=cv2.BORDER_REFLECT)
    mean, deviation = (float(value[0, 0]) for value in cv2.meanStdDev(grey))
    if deviation < LEAST_CONTRAST:
        return np.zeros_like(grey)
    return (grey - np.float32(mean)) / np.float32(deviation)


def spectrum(flat: NDArray[np.float32]) -> NDArray[np.complex64]:
    """Give the spectrum of a reduced frame, its borders faded out; (ph, pw // 2 + 1) complex64."""
    return np.asarray(rfft2(flat * _fading(flat.shape), _padded(flat.shape)), np.complex64)


def _padded(shape: tuple[int, ...]) -> tuple[int, int]:
    return next_fast_len(shape[0], real=True), next_fast_len(shape[1], real=True)


def _fading(shape: tuple[int, ...]) -> NDArray[np.float32]:
    rows, columns = (np.hanning(length + 2)[1:-1].astype(np.float32) for length in shape[:2])
    return np.sqrt(np.outer(rows, columns))


def _sharpness(image: NDArray[np.uint8], step_px: int) -> float:
    """Compare how much the picture changes over few pixels with how much over many.

    That is free of brightness and contrast and, unlike the slopes alone, of how many outlines
    there are. Of rows and columns the lesser counts: motion blurs along one of them.
    """
    few, many = max(2, step_px), 4 * step_px
    rows = np.ascontiguousarray(image[::8, :, 1])
    columns = np.ascontiguousarray(image[:, ::8, 1].T)
    return min(_ratio(rows, few, many), _ratio(columns, few, many))


def _ratio(lines: NDArray[np.uint8], few: int, many: int) -> float:
    if lines.shape[1] <= many:
        return 0.0
    # From one pixel to the next there is little but the sensor's noise, which is in all three.
    noise, fine, coarse = (_change(lines, by) for by in (1, few, many))
    if coarse - noise <= 1:
        return 0.0
    # A slope without end, as blur makes it, changes with the square of the distance.
    return max(0.0, (fine - noise) / (coarse - noise) - (few / many) ** 2)


def _change(lines: NDArray[np.uint8], by: int) -> float:
    """Give the mean square of the change over ``by`` pixels."""
    before, after = lines[:, :-by], lines[:, by:]
    return cv2.norm(before, after, cv2.NORM_L2SQR) / before.size
