"""TIFF pages that would take more memory than the picture in them."""

import math
import zlib
from typing import Any

from monitor.sources.pictures.errors import PictureError
from monitor.sources.pictures.limits import MAX_CHANNELS, MAX_UNPACKED_BYTES

_DEFLATE = frozenset({8, 32946})
_PACKBITS = 32773
_DEFLATE_RATIO, _PACKBITS_RATIO = 1032, 64
"""Bytes that one packed byte can become at most."""


def refuse_channels(page: Any) -> None:
    """Refuse a page by its header, before any memory is taken for it.

    Raises
    ------
    PictureError
        It has more channels than any picture, or is a volume.
    """
    if page.samplesperpixel > MAX_CHANNELS or page.imagedepth != 1:
        raise PictureError(
            f"has {page.samplesperpixel} channels in {page.imagedepth} planes; "
            "a grey or RGB picture is needed"
        )


def refuse_bombs(page: Any) -> None:
    """Refuse a page with a strip or tile that unpacks to more than its place in the picture.

    tifffile unpacks a strip whole before it looks at its size.

    Raises
    ------
    PictureError
        It has one.
    """
    needed = math.prod(page.chunks) * page.dtype.itemsize
    for offset, size in zip(page.dataoffsets, page.databytecounts, strict=False):
        if page.compression in _DEFLATE and size * _DEFLATE_RATIO > MAX_UNPACKED_BYTES:
            most = _unpacked(page, offset, size, needed + 1)
        elif page.compression == _PACKBITS:
            most = size * _PACKBITS_RATIO - MAX_UNPACKED_BYTES
        else:
            continue
        if most > needed:
            raise PictureError("is damaged: a strip of it unpacks to more than the picture")


def _unpacked(page: Any, offset: int, size: int, most: int) -> int:
    """Unpack a strip, no more of it than ``most`` bytes; say how many came."""
    handle = page.parent.filehandle
    handle.seek(offset)
    return len(zlib.decompressobj().decompress(handle.read(size), most))
