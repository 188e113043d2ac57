"""Raw pixels of scientific and industrial cameras to 8-bit RGB.

Unlike a file, a camera says how many bits it counts, so that values are scaled by that and
brightness stays the same from frame to frame.
"""

import re
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

WHITE = 255

# GenICam PFNC: kind, bits, and p or Packed where pixels share bytes.
_FORMAT = re.compile(r"(Mono|BayerRG|BayerGR|BayerGB|BayerBG|RGB|BGR)(8|10|12|14|16)(p|Packed)?")

_TO_RGB = {
    "Mono": cv2.COLOR_GRAY2RGB,
    "BGR": cv2.COLOR_BGR2RGB,
    "BayerRG": cv2.COLOR_BayerRGGB2RGB,
    "BayerGR": cv2.COLOR_BayerGRBG2RGB,
    "BayerGB": cv2.COLOR_BayerGBRG2RGB,
    "BayerBG": cv2.COLOR_BayerBGGR2RGB,
}

_COLOURS = {"RGB": 3, "BGR": 3}

BITS_PACKED = 12
"""Only 12-bit pixels are understood where two of them share three bytes."""


def eight_bits(pixels: NDArray[Any], bits: int) -> NDArray[np.uint8]:
    """Scale pixels of ``bits`` bits, of any shape, to 0 to 255; what is brighter becomes 255."""
    if pixels.dtype == np.uint8 and bits == 8:  # noqa: PLR2004
        return pixels.astype(np.uint8, copy=False)
    narrow: NDArray[Any] = np.ascontiguousarray(pixels)
    scaled = cv2.convertScaleAbs(narrow, alpha=WHITE / ((1 << bits) - 1))
    return scaled.reshape(pixels.shape).astype(np.uint8, copy=False)


def grey_to_rgb(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give (h, w) uint8 as (h, w, 3)."""
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB).astype(np.uint8, copy=False)


def is_understood(name: str) -> bool:
    """Say whether :func:`decode` takes the format that GenICam calls ``name``."""
    found = _FORMAT.fullmatch(name)
    if found is None:
        return False
    kind, bits, packing = found.groups()
    if kind in _COLOURS:
        return int(bits) == 8 and packing != "p"  # noqa: PLR2004
    return packing is None or int(bits) == BITS_PACKED


def is_colour(name: str) -> bool:
    """Say whether a format holds colours."""
    return not name.startswith("Mono")


def decode(data: bytes, height: int, width: int, name: str) -> NDArray[np.uint8] | None:
    """Make (h, w, 3) uint8 RGB of a frame as it came, None where bytes are missing.

    Parameters
    ----------
    data
        The pixels, rows from top to bottom, without padding.
    height, width
        Of the frame, in pixels.
    name
        GenICam's name of the format, one that :func:`is_understood`.
    """
    kind, bits, packing = _groups(name)
    if packing is not None and kind not in _COLOURS:
        plane = _unpacked(data, height * width, packing)
    else:
        plane = _plane(data, height * width * _COLOURS.get(kind, 1), int(bits))
    if plane is None:
        return None
    pixels = plane.reshape((height, width, 3) if kind in _COLOURS else (height, width))
    code = _TO_RGB.get(kind)
    return pixels if code is None else cv2.cvtColor(pixels, code).astype(np.uint8, copy=False)


def _groups(name: str) -> tuple[str, str, str | None]:
    found = _FORMAT.fullmatch(name)
    if found is None or not is_understood(name):
        raise ValueError(f"pixel format {name} is not understood")
    kind, bits, packing = found.groups()
    return kind, bits, packing


def _plane(data: bytes, count: int, bits: int) -> NDArray[np.uint8] | None:
    dtype = np.dtype(np.uint8 if bits == 8 else "<u2")  # noqa: PLR2004
    if len(data) < count * dtype.itemsize:
        return None
    return eight_bits(np.frombuffer(data, dtype, count), bits)


def _unpacked(data: bytes, count: int, packing: str) -> NDArray[np.uint8] | None:
    """Give the upper 8 of 12 bits, two pixels in three bytes.

    ``p`` (PFNC): lower bits first, one after the other. ``Packed`` (GigE Vision 1): the upper
    8 bits of both pixels around a byte with the lower 4 of each.
    """
    pairs = -(-count // 2)
    if len(data) < (count * 3 + 1) // 2:
        return None
    padded = np.frombuffer(data[: pairs * 3].ljust(pairs * 3, b"\0"), np.uint8).reshape(pairs, 3)
    first, middle, last = padded.T
    if packing == "p":
        first = ((middle & 0x0F) << 4 | first >> 4).astype(np.uint8)
    return np.stack([first, last], axis=1).reshape(-1)[:count]
