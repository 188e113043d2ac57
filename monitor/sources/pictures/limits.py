"""How large and how small a picture may be."""

from monitor.sources.pictures.errors import PictureError

MAX_PIXELS = 200_000_000
"""Most pixels of a picture: 600 MB as 8-bit RGB; a camera's largest is a tenth of that."""

MIN_SIDE_PX = 32
"""Shortest side of a picture that can hold a whole cell and something around it."""

MAX_BYTES = 2 * 2**30
"""Largest file of one picture: more than ``MAX_PIXELS`` take with 16 bits and transparency."""

MAX_SCANNED_PIXELS = 20 * MAX_PIXELS
"""Most pixels that the scans of a progressive JPEG may add up to; a usual one has ten scans."""

MAX_CHANNELS = 4
MAX_PAGES = 20_000
"""Most pages of a TIFF."""

MAX_UNPACKED_BYTES = 256 * 2**20
"""What a strip may unpack to unchecked: more is taken only where the picture needs it."""


def check_size(height: int, width: int) -> None:
    """Refuse a picture by its header, before any memory is taken for it.

    Raises
    ------
    PictureError
        It has more than ``MAX_PIXELS`` pixels, or a side under ``MIN_SIDE_PX``.
    """
    if min(height, width) < MIN_SIDE_PX:
        raise PictureError(
            f"is {width} x {height} pixels; at least {MIN_SIDE_PX} a side are needed for a field"
        )
    if height * width > MAX_PIXELS:
        raise PictureError(
            f"is {width} x {height} pixels, more than the limit of {MAX_PIXELS // 10**6} million"
        )
