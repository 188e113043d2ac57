"""Size and completeness of JPEG, PNG and BMP data, told without decoding them.

The decoder fills the missing rows of a truncated picture with grey, or says on the standard
error what it thinks; neither may happen to a field, so the data are checked beforehand.
"""

import struct
import zlib

from monitor.sources.pictures.errors import PictureError
from monitor.sources.pictures.limits import MAX_SCANNED_PIXELS

JPEG_MAGIC = b"\xff\xd8\xff"
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
BMP_MAGIC = b"BM"

TRUNCATED = "is truncated: the file ends before the picture does"
DAMAGED = "is damaged"

_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN = 0xDA
_NO_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
_FILL = 0xFF
_OS2_HEADER = 12
_BMP_UNCOMPRESSED = frozenset({0, 3})


def picture_size(data: bytes) -> tuple[int, int]:
    """Give (height, width) in pixels of a complete JPEG, PNG or BMP.

    Raises
    ------
    PictureError
        The data are truncated or damaged, or of another kind.
    """
    try:
        if data.startswith(JPEG_MAGIC):
            return _jpeg_size(data)
        if data.startswith(PNG_MAGIC):
            return _png_size(data)
        if data.startswith(BMP_MAGIC):
            return _bmp_size(data)
    except (struct.error, IndexError) as error:
        raise PictureError(TRUNCATED) from error
    raise PictureError("is not a JPEG, PNG, BMP or TIFF picture")


def has_transparency(data: bytes) -> bool:
    """Say whether PNG data have an alpha channel or a transparent colour."""
    if not data.startswith(PNG_MAGIC):
        return False
    colour_type_with_alpha = 4
    return bool(data[25] & colour_type_with_alpha) or b"tRNS" in data[: data.find(b"IDAT")]


def _jpeg_size(data: bytes) -> tuple[int, int]:
    size = None
    at = 2
    while True:
        mark, marker = data[at], data[at + 1]
        if mark != _FILL:
            raise PictureError(DAMAGED)
        if marker == _FILL:
            at += 1
        elif marker in _NO_LENGTH:
            at += 2
        elif marker == _START_OF_SCAN:
            return _complete(data, at, size)
        else:
            if marker in _START_OF_FRAME:
                size = struct.unpack_from(">HH", data, at + 5)
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]


def _complete(data: bytes, scan: int, size: tuple[int, ...] | None) -> tuple[int, int]:
    """Look for the end marker after the scan began: before it, a thumbnail has one too."""
    if size is None:
        raise PictureError(DAMAGED)
    if data.rfind(b"\xff\xd9", scan) < 0:
        raise PictureError(TRUNCATED)
    if data.count(b"\xff\xda", scan) * size[0] * size[1] > MAX_SCANNED_PIXELS:
        raise PictureError("has so many scans that decoding it would not end; save it anew")
    return size[0], size[1]


def _png_size(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", data, 16)
    at = len(PNG_MAGIC)
    while True:
        (length,) = struct.unpack_from(">I", data, at)
        (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(memoryview(data)[at + 4 : at + 8 + length]) != checksum:
            raise PictureError(DAMAGED)
        if data[at + 4 : at + 8] == b"IEND":
            return height, width
        at += 12 + length


def _bmp_size(data: bytes) -> tuple[int, int]:
    start, header = struct.unpack_from("<II", data, 10)
    if header == _OS2_HEADER:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
        compression = 0
    else:
        width, height, _, bits, compression = struct.unpack_from("<iiHHI", data, 18)
    row_bytes = (width * bits + 31) // 32 * 4
    if compression in _BMP_UNCOMPRESSED and len(data) < start + row_bytes * abs(height):
        raise PictureError(TRUNCATED)
    return abs(height), abs(width)
