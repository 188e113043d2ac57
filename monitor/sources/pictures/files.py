"""The frames of a picture file: one, or one a page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from monitor.sources.paths import shown
from monitor.sources.pictures.errors import PictureError
from monitor.sources.pictures.raster import read_raster
from monitor.sources.pictures.tiff import TIFF_MAGICS, read_tiff, tiff_pages

PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp")


def is_picture_name(name: str) -> bool:
    """Say whether a file of this name is taken for a picture; hidden ones never are."""
    return not name.startswith(".") and name.lower().endswith(PICTURE_SUFFIXES)


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture file and the frames in it.

    Attributes
    ----------
    path
        The file.
    pages
        Index in the file of each page that is a frame; ``(0,)`` for other files than TIFF.
    """

    path: Path
    pages: tuple[int, ...]

    @classmethod
    def look_at(cls, path: Path) -> Self:
        """Find the pages of a file; one that cannot be read stands for one frame."""
        try:
            return cls(path, tuple(tiff_pages(path)) if _is_tiff(path) else (0,))
        except (PictureError, OSError):
            return cls(path, (0,))

    @property
    def names(self) -> list[str]:
        """The name of each frame: ``field.jpg``, or ``stack.tif#3`` counted from 1."""
        name = shown(self.path.name)
        if len(self.pages) == 1:
            return [name]
        return [f"{name}#{page + 1}" for page in self.pages]


def read_pictures(path: Path, pages: Sequence[int]) -> Iterator[NDArray[np.uint8] | PictureError]:
    """Give the wanted pages of a file, each (h, w, 3) uint8 RGB or why it cannot be read."""
    given = 0
    try:
        for picture in read_tiff(path, pages) if _is_tiff(path) else _read_single(path):
            yield picture
            given += 1
    except PictureError as error:
        yield from [error] * (len(pages) - given)
    except OSError as error:
        problem = PictureError(f"cannot be read: {error.strerror or error}")
        yield from [problem] * (len(pages) - given)


def _read_single(path: Path) -> Iterator[NDArray[np.uint8]]:
    yield read_raster(path)


def _is_tiff(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise PictureError("is empty: the file has no bytes")
    return start in TIFF_MAGICS
