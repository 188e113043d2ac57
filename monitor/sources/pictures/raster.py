"""JPEG, PNG and BMP: one picture a file."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.sources.pictures.errors import PictureError
from monitor.sources.pictures.headers import DAMAGED, has_transparency, picture_size
from monitor.sources.pictures.limits import MAX_BYTES, check_size
from monitor.sources.pictures.tones import Pixels, as_channels, brightest, full_scale, to_rgb

_REORDER = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}


def read_raster(path: Path) -> NDArray[np.uint8]:
    """Read a JPEG, PNG or BMP file as (h, w, 3) uint8 RGB.

    The orientation that the camera noted (EXIF) is applied, but to a PNG with transparency.

    Raises
    ------
    PictureError
        The picture is truncated, damaged, too large or too small.
    OSError
        The file cannot be read.
    """
    data = _content(path)
    check_size(*picture_size(data))
    channels = as_channels(_decode(data))
    return to_rgb(channels, full_scale(brightest(channels), channels.dtype))


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise PictureError(f"is larger than {MAX_BYTES >> 30} GB")
    return data


def _decode(data: bytes) -> Pixels:
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH
    if has_transparency(data):
        flags = cv2.IMREAD_UNCHANGED
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        raise PictureError(DAMAGED) from error
    if pixels is None:
        raise PictureError(DAMAGED)
    return reorder(pixels)


def reorder(pixels: Pixels) -> Pixels:
    """Turn OpenCV's order of channels, BGR or BGRA, into RGB or RGBA."""
    channels = pixels.shape[2] if pixels.ndim == 3 else 1  # noqa: PLR2004
    return cv2.cvtColor(pixels, _REORDER[channels]) if channels in _REORDER else pixels
