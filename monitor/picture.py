"""Pictures that commands read, one at a time, and write."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from config import UsageError
from monitor.sources import SourceError
from monitor.sources.paths import is_file, missing
from monitor.sources.pictures import PICTURE_SUFFIXES, PictureError, PictureFile, read_pictures


def open_picture(path: Path) -> PictureFile:
    """Look at a picture file and find its pages.

    Raises
    ------
    SourceError
        There is no such file, or it is not a picture by its name.
    """
    if path.is_dir():
        raise SourceError(f"{path} is a folder; name one picture in it")
    if not is_file(str(path)):
        raise missing(str(path))
    if path.suffix.lower() not in PICTURE_SUFFIXES:
        raise SourceError(f"{path} is not a picture by its name; {', '.join(PICTURE_SUFFIXES)} are")
    return PictureFile.look_at(path)


def read_page(file: PictureFile, page: int = 1) -> NDArray[np.uint8]:
    """Read one page of a picture file.

    Parameters
    ----------
    file
        From :func:`open_picture`.
    page
        Counted from 1; pages that are thumbnails do not count.

    Returns
    -------
    (h, w, 3) uint8, RGB.

    Raises
    ------
    SourceError
        There is no such page, or it cannot be read.
    """
    count = len(file.pages)
    if not 1 <= page <= count:
        pages = "1 page" if count == 1 else f"{count} pages"
        raise SourceError(f"{file.path} has {pages}, no page {page}; choose one from 1 to {count}")
    picture = next(iter(read_pictures(file.path, [file.pages[page - 1]])))
    if isinstance(picture, PictureError):
        raise SourceError(f"{file.path} {picture}")
    return picture


def check_output(output: Path, force: bool) -> None:
    """Refuse a picture that cannot be written before any work is done.

    Raises
    ------
    UsageError
        It is no picture by its name, is a folder, or exists and ``force`` is not set.
    """
    if output.suffix.lower() not in PICTURE_SUFFIXES:
        raise UsageError(f"{output} is not a picture by its name; end it in .png or .jpg")
    if output.is_dir():
        raise UsageError(f"{output} is a folder; name a file in it")
    if output.exists() and not force:
        raise UsageError(f"{output} exists: overwrite it with --force or name another file")


def encoded(picture: NDArray[np.uint8], suffix: str) -> bytes:
    """Encode (h, w, 3) uint8 RGB as the kind of file that ``suffix`` names.

    Raises
    ------
    SourceError
        The kind cannot hold a picture of this size.
    """
    try:
        done, data = cv2.imencode(suffix.lower(), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    except cv2.error:
        done = False
    if not done:
        height, width = picture.shape[:2]
        raise SourceError(f"{width} x {height} pixels do not fit into {suffix}; end it in .png")
    return data.tobytes()
