"""TIFF: a file of one or many pages."""

import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray

from monitor.sources.paths import for_opencv
from monitor.sources.pictures.bombs import refuse_bombs, refuse_channels
from monitor.sources.pictures.errors import PictureError
from monitor.sources.pictures.headers import DAMAGED
from monitor.sources.pictures.limits import MAX_PAGES, check_size
from monitor.sources.pictures.raster import reorder
from monitor.sources.pictures.tones import Pixels, as_channels, brightest, full_scale, to_rgb

TIFF_MAGICS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

# What tifffile reads without its optional codecs; OpenCV reads the rest (LZW, JPEG, palette).
_COMPRESSIONS = frozenset({1, 8, 32946, 32773})
_PREDICTORS = frozenset({1, 2})
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_ORIENTATION = 274


def tiff_pages(path: Path) -> list[int]:
    """Give the index of each page that is a picture of its own; thumbnails are left out.

    A page that the file names but does not hold any more is listed: it is a lost frame.

    Raises
    ------
    PictureError
        The file is no TIFF, holds no page, or spreads one picture over several pages.
    OSError
        The file cannot be read.
    """
    with _opened(path) as tiff:
        return _own_pages(tiff)


def read_tiff(path: Path, wanted: Iterable[int]) -> Iterator[NDArray[np.uint8] | PictureError]:
    """Give each wanted page as (h, w, 3) uint8 RGB, or the error that stands in its way.

    Raises
    ------
    PictureError, OSError
        As for :func:`tiff_pages`.
    """
    with _opened(path) as tiff:
        stack = _Stack(path, tiff)
        for index in wanted:
            try:
                yield stack.rgb(index)
            except PictureError as error:
                yield error


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with tifffile.TiffFile(path) as tiff:
            yield tiff
    except (PictureError, OSError):
        raise
    except Exception as error:  # whatever its parser stumbles over
        raise PictureError(DAMAGED) from error


def _own_pages(tiff: Any) -> list[int]:
    if len(tiff.pages) > MAX_PAGES:
        raise PictureError(f"has more than {MAX_PAGES:,} pages; save it in parts")
    pages = list(tiff.pages)
    if not pages:
        raise PictureError("holds no page")
    _refuse_spread(tiff, len(pages))
    first = pages[0].imagewidth * pages[0].imagelength
    own = [
        index
        for index, page in enumerate(pages)
        if not (page.is_reduced and page.imagewidth * page.imagelength < first)
    ]
    return [*own, len(pages)] if _chain_goes_on(tiff, pages[-1]) else own


def _refuse_spread(tiff: Any, pages: int) -> None:
    """Refuse stacks in which a page is not a picture: its cells would be counted again."""
    about = tiff.imagej_metadata or {} if tiff.is_imagej else {}
    if about.get("channels", 1) > 1:
        raise PictureError("keeps its channels on pages of their own; save it as RGB")
    if about.get("images", 1) > pages:
        raise PictureError(f"keeps {about['images']} pictures in {pages} page; save it again")


def _chain_goes_on(tiff: Any, last: Any) -> bool:
    """Say whether the last page that could be read points to another."""
    form = tiff.tiff
    handle = tiff.filehandle
    handle.seek(last.offset)
    (tags,) = struct.unpack(form.tagnoformat, handle.read(form.tagnosize))
    handle.seek(last.offset + form.tagnosize + tags * form.tagsize)
    following = handle.read(form.offsetsize)
    return any(following) or len(following) < form.offsetsize


class _Stack:
    """The pages of an opened file, all brought to 8 bits by one rule."""

    def __init__(self, path: Path, tiff: Any) -> None:
        self._path = path
        self._tiff = tiff
        self._pages = _own_pages(tiff)
        self._scales: dict[np.dtype[Any], float] = {}
        self._last: tuple[int, Pixels] | None = None

    def rgb(self, index: int) -> NDArray[np.uint8]:
        channels = self._channels(index)
        if channels.dtype not in self._scales:
            self._scales[channels.dtype] = self._scale(channels)
        image = to_rgb(channels, self._scales[channels.dtype])
        return _upright(image, self._orientation(index))

    def _scale(self, channels: Pixels) -> float:
        if channels.dtype == np.uint8 or len(self._pages) == 1:
            return full_scale(brightest(channels), channels.dtype)
        return full_scale(max(self._maxima(channels.dtype)), channels.dtype)

    def _maxima(self, dtype: np.dtype[Any]) -> Iterator[float]:
        for index in self._pages:
            try:
                channels = self._channels(index)
            except PictureError:  # reported when its turn comes
                continue
            if channels.dtype == dtype:
                yield brightest(channels)

    def _channels(self, index: int) -> Pixels:
        if index >= len(self._tiff.pages):
            raise PictureError("is not there: the file ends before this page")
        page = self._tiff.pages[index]
        check_size(page.imagelength, page.imagewidth)
        refuse_channels(page)
        try:
            pixels = self._decode(page, index)
        except PictureError:
            raise
        except Exception as error:  # as above
            words = str(error).splitlines() or [type(error).__name__]
            raise PictureError(f"{DAMAGED}: {words[0]}") from error
        return as_channels(pixels)

    def _decode(self, page: Any, index: int) -> Pixels:
        known = {_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB}
        plain = page.compression in _COMPRESSIONS and page.predictor in _PREDICTORS
        refuse_bombs(page)
        return _plain(page) if plain and page.photometric in known else self._by_opencv(index)

    def _by_opencv(self, index: int) -> Pixels:
        read, pages = cv2.imreadmulti(for_opencv(self._path), index, 1, flags=cv2.IMREAD_UNCHANGED)
        if not read or not pages:
            raise ValueError("no decoder reads it")
        return reorder(pages[0])

    def _orientation(self, index: int) -> int:
        tag = self._tiff.pages[index].tags.get(_ORIENTATION)
        return int(tag.value) if tag else 1


def _plain(page: Any) -> Pixels:
    if any(offset + size > page.parent.filehandle.size for offset, size in _strips(page)):
        raise ValueError("the file ends before the picture does")
    pixels: Pixels = page.asarray()
    if page.axes == "SYX":
        pixels = np.moveaxis(pixels, 0, -1)
    if page.photometric == _WHITE_IS_ZERO:
        pixels = ~pixels if pixels.dtype.kind in "bu" else pixels.max() - pixels
    return pixels


def _strips(page: Any) -> Iterator[tuple[int, int]]:
    return zip(page.dataoffsets, page.databytecounts, strict=False)


def _upright(image: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Turn a picture as TIFF's Orientation tag (1 to 8) asks."""
    sideways, flip_rows, flip_columns = 5, {3, 4, 7, 8}, {2, 3, 6, 7}
    upright = image.transpose(1, 0, 2) if orientation >= sideways else image
    upright = upright[::-1] if orientation in flip_rows else upright
    upright = upright[:, ::-1] if orientation in flip_columns else upright
    return np.ascontiguousarray(upright)
