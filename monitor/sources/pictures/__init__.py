"""Picture files as arrays: JPEG, PNG, BMP and TIFF, 8 and 16 bits, one page or many."""

from monitor.sources.pictures.errors import PictureError
from monitor.sources.pictures.files import (
    PICTURE_SUFFIXES,
    PictureFile,
    is_picture_name,
    read_pictures,
)

__all__ = ["PICTURE_SUFFIXES", "PictureError", "PictureFile", "is_picture_name", "read_pictures"]
