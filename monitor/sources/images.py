"""Picture files: one, or all of a folder."""

import threading
import time
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from natsort import natsorted, ns
from numpy.typing import NDArray

from config import Settings
from monitor.sources.paths import as_path, is_file, is_folder
from monitor.sources.pictures import (
    PICTURE_SUFFIXES,
    PictureError,
    PictureFile,
    is_picture_name,
    read_pictures,
)
from monitor.sources.protocol import Frame, SourceError, UnreadableFrame


class ImageSource:
    """The frames of an image file, or of the images of a folder in natural order.

    Other files and subfolders are passed over. A page of a TIFF is a frame. A file that
    cannot be read is a frame too: an unreadable one.

    Parameters
    ----------
    uri
        As the user gave it.
    files
        The files in order.
    """

    forms: ClassVar[tuple[str, ...]] = ("an image", "a folder of images")
    kind = "images"
    live = False
    simulated = False
    repeats = False

    def __init__(self, uri: str, files: Sequence[PictureFile]) -> None:
        self.uri = uri
        self.names: list[str] = [name for file in files for name in file.names]
        self.total = len(self.names)
        self.exhausted = False
        self._files = files
        self._stop = threading.Event()

    @classmethod
    def match(cls, uri: str) -> bool:
        """Say whether ``uri`` is a folder or a file with the suffix of a picture."""
        return is_folder(uri) or (is_file(uri) and uri.lower().endswith(PICTURE_SUFFIXES))

    @classmethod
    def open(cls, uri: str, settings: Settings) -> Self:  # noqa: ARG003
        """Look over the files and count their pages; nothing is decoded yet.

        Raises
        ------
        SourceError
            The folder cannot be read or holds no image.
        """
        path = as_path(uri)
        paths = list_pictures(path) if path.is_dir() else [path]
        if not paths:
            suffixes = ", ".join(PICTURE_SUFFIXES)
            raise SourceError(f"folder {uri} holds no image; looked for {suffixes} (not deeper)")
        return cls(uri, [PictureFile.look_at(path) for path in paths])

    def frames(self, done: Container[int] = ()) -> Iterator[Frame | UnreadableFrame]:
        """Give the frames in order, passing over the numbers in ``done`` without reading them."""
        self.exhausted = False
        first = 0
        for file in self._files:
            numbers = range(first, first + len(file.pages))
            first = numbers.stop
            wanted = [number for number in numbers if number not in done]
            for frame in self._read(file, numbers.start, wanted):
                if self._stop.is_set():
                    return
                yield frame
        self.exhausted = not self._stop.is_set()

    def stop(self) -> None:
        """Make :meth:`frames` end before the next frame."""
        self._stop.set()

    def close(self) -> None:
        """Do nothing: files are open only while they are read."""

    def _read(
        self, file: PictureFile, first: int, wanted: Sequence[int]
    ) -> Iterator[Frame | UnreadableFrame]:
        if wanted and not self._stop.is_set():
            pictures = read_pictures(file.path, [file.pages[number - first] for number in wanted])
            for number, picture in zip(wanted, pictures, strict=True):
                yield as_frame(number, self.names[number], picture)


def as_frame(
    number: int, name: str, picture: NDArray[np.uint8] | PictureError
) -> Frame | UnreadableFrame:
    """Make a frame of a picture, or of the error in its place."""
    if isinstance(picture, PictureError):
        return UnreadableFrame(number, name, str(picture))
    return Frame(number, name, picture, time.time())


def list_pictures(folder: Path) -> list[Path]:
    """Give the image files of a folder in natural order (``2.jpg`` before ``10.jpg``).

    A link to a file that is gone is listed, so that it is counted as unreadable.

    Raises
    ------
    SourceError
        The folder cannot be read.
    """
    try:
        found = [entry for entry in folder.iterdir() if _may_be_picture(entry)]
    except OSError as error:
        raise SourceError(f"folder {folder} cannot be read: {error.strerror}") from error
    return natsorted(sorted(found), key=lambda path: path.name, alg=ns.PATH | ns.IGNORECASE)


def _may_be_picture(entry: Path) -> bool:
    if not is_picture_name(entry.name):
        return False
    return entry.is_file() or (entry.is_symlink() and not entry.exists())
