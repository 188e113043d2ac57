"""Any pixel values to 8-bit RGB.

The rule for more than 8 bits: the full scale is that of the smallest usual camera depth
(8, 10, 12, 14 or 16 bits) that holds the largest colour value of the file, all its pages
together, so that 12-bit data stored in 16 bits come out as bright as they were seen. In
bright field the background is by far more than a quarter of full scale, so the depth above
is never the true one. Floating-point values up to 1 are taken as shares of full scale.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.sources.pictures.errors import PictureError

Pixels = NDArray[Any]

CAMERA_BITS = (8, 10, 12, 14, 16)
COLOUR_CHANNELS = {1: 1, 2: 1, 3: 3, 4: 3}
WHITE = 255
BAND_ROWS = 256


def as_channels(pixels: Pixels) -> Pixels:
    """Give (h, w) or (h, w, c) pixels as (h, w, c) with c from 1 to 4, values checked.

    Raises
    ------
    PictureError
        Too many channels; values that are not numbers, infinite or negative.
    """
    channels = pixels[..., np.newaxis] if pixels.ndim == 2 else pixels  # noqa: PLR2004
    if channels.ndim != 3 or channels.shape[2] not in COLOUR_CHANNELS:  # noqa: PLR2004
        raise PictureError(f"has shape {pixels.shape}; a grey or RGB picture is needed")
    if channels.dtype.kind not in "buif":
        raise PictureError(f"holds {channels.dtype} values; whole or real numbers are needed")
    if channels.dtype.kind == "f" and not np.isfinite(channels).all():
        raise PictureError("holds values that are infinite or not a number")
    if channels.dtype.kind in "if" and channels.min() < 0:
        raise PictureError("holds negative values, which are no brightness")
    return channels


def brightest(channels: Pixels) -> float:
    """Give the largest colour value of (h, w, c) pixels, alpha left out."""
    return float(channels[..., : COLOUR_CHANNELS[channels.shape[2]]].max())


def full_scale(maximum: float, dtype: np.dtype[Any]) -> float:
    """Give the value that stands for full brightness.

    Parameters
    ----------
    maximum
        Largest colour value of the whole file.
    dtype
        Type of its pixels.

    Raises
    ------
    PictureError
        ``maximum`` takes more than 16 bits.
    """
    if dtype.kind == "b" or (dtype.kind == "f" and maximum <= 1):
        return 1.0
    if dtype == np.uint8:
        return 255.0
    for bits in CAMERA_BITS:
        if maximum < 1 << bits:
            return float((1 << bits) - 1)
    raise PictureError(f"holds values up to {maximum:g}; at most 16 bits are understood")


def to_rgb(channels: Pixels, scale: float) -> NDArray[np.uint8]:
    """Give (h, w, c) pixels as (h, w, 3) uint8 RGB.

    Grey is repeated. What is transparent shows white, as the empty field does; an alpha
    channel that is 0 everywhere is taken for an unused byte and left out.
    """
    count = COLOUR_CHANNELS[channels.shape[2]]
    colour = _eight_bits(channels[..., :count], scale)
    if count == 1:
        colour = np.repeat(colour, 3, axis=2)
    if count < channels.shape[2]:
        alpha = channels[..., count:]
        colour = _over_white(colour, _eight_bits(alpha, _alpha_scale(alpha)))
    return np.ascontiguousarray(colour)


def _eight_bits(pixels: Pixels, scale: float) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return pixels.astype(np.uint8, copy=False)
    kind = np.uint16 if pixels.dtype.kind == "u" else np.float32
    narrow: Pixels = np.ascontiguousarray(pixels, kind)
    scaled = cv2.convertScaleAbs(narrow, alpha=WHITE / scale)
    return scaled.reshape(pixels.shape).astype(np.uint8, copy=False)


def _alpha_scale(alpha: Pixels) -> float:
    return 1.0 if alpha.dtype.kind in "bf" else float(np.iinfo(alpha.dtype).max)


def _over_white(colour: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if not alpha.any():
        return colour
    mixed = np.empty_like(colour)
    for top in range(0, len(colour), BAND_ROWS):  # real numbers of a whole picture take gigabytes
        rows = slice(top, top + BAND_ROWS)
        share = alpha[rows].astype(np.float32) / WHITE
        mixed[rows] = colour[rows] * share + WHITE * (1 - share) + 0.5
    return mixed
