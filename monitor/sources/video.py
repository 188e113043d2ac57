"""Videos, cameras and streams."""

import logging
import threading
import time
from collections.abc import Container, Iterator
from pathlib import Path
from typing import ClassVar, Self

from config import Settings
from monitor.sources.connect import connect_camera, connect_stream
from monitor.sources.live import LiveSource
from monitor.sources.paths import after_scheme, as_path, is_file, named_safely, scheme_of
from monitor.sources.protocol import Frame, SourceError, UnreadableFrame
from monitor.sources.reader import VideoReader

logger = logging.getLogger(__name__)

VIDEO_SUFFIXES = (
    *(".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".wmv", ".mpg", ".mpeg", ".ts", ".mts"),
    *(".flv", ".ogv", ".mjpeg", ".mjpg", ".h264", ".264", ".hevc"),
)

HEADER_SLACK = 0.01
"""Share of a video's frames by which its header may be off without anything being missing."""

LONGEST_GAP = 100
"""Most broken frames in a row after which a video is still read on."""


HIGHEST_CAMERA = 255
LONGEST_NUMBER = 10
"""Digits of a camera's number that are looked at."""


class VideoSource:
    """The frames of a video file, every one of them in order.

    Parameters
    ----------
    uri
        As the user gave it.
    path
        The file.
    total
        How many frames its header promises; a hint, for headers lie. Set right at the end,
        unless so many are missing that the file must have been cut short.
    """

    forms: ClassVar[tuple[str, ...]] = ("a video file",)
    kind = "video"
    live = False
    simulated = False
    repeats = True
    names = None

    def __init__(self, uri: str, path: Path, total: int | None) -> None:
        self.uri = uri
        self.total = total
        self.exhausted = False
        self._path = path
        self._stop = threading.Event()

    @classmethod
    def match(cls, uri: str) -> bool:
        """Say whether ``uri`` is a file with the suffix of a video."""
        return uri.lower().endswith(VIDEO_SUFFIXES) and is_file(uri)

    @classmethod
    def open(cls, uri: str, settings: Settings) -> Self:  # noqa: ARG003
        """Open the file and decode its first whole frame.

        Raises
        ------
        SourceError
            No frame of it can be decoded.
        """
        path = as_path(uri)
        reader = VideoReader.of_file(path)
        try:
            if not any(_steps(reader)) or reader.decode() is None:
                raise SourceError(
                    f"video {uri} cannot be decoded: it is damaged, cut short or of an unknown "
                    "kind; convert it, for example with ffmpeg to MP4 (H.264)"
                )
            return cls(uri, path, reader.frame_count)
        finally:
            reader.close()

    def frames(self, done: Container[int] = ()) -> Iterator[Frame | UnreadableFrame]:
        """Give the frames in order; those ``done`` are gone over without giving them."""
        self.exhausted = False
        reader = VideoReader.of_file(self._path)
        try:
            number = -1
            for number, whole in enumerate(_steps(reader)):
                if self._stop.is_set():
                    return
                if number not in done:
                    yield _video_frame(reader, number, whole)
            self.exhausted = True
            self._compare_with_header(number + 1)
        finally:
            reader.close()

    def stop(self) -> None:
        """Make :meth:`frames` end before the next frame."""
        self._stop.set()

    def close(self) -> None:
        """Do nothing: the file is open only while it is read."""

    def _compare_with_header(self, given: int) -> None:
        if self.total is None or given >= self.total - max(1, HEADER_SLACK * self.total):
            self.total = given
        else:
            logger.warning(
                "video %s ended after %d frames, its header promises %d; "
                "the rest is missing or damaged",
                *(self.uri, given, self.total),
            )


def _steps(reader: VideoReader) -> Iterator[bool]:
    """Go through a video; say of each frame whether it is whole.

    Broken frames and the end look alike to the reader; they were broken if others follow.
    """
    broken = 0
    while broken <= LONGEST_GAP:
        if reader.grab():
            yield from [False] * broken
            broken = 0
            yield True
        else:
            broken += 1


def _video_frame(reader: VideoReader, number: int, whole: bool) -> Frame | UnreadableFrame:
    name = f"frame {number}"
    image = reader.decode() if whole else None
    if image is None:
        return UnreadableFrame(number, name, "could not be decoded")
    return Frame(number, name, image, time.time())


class CameraSource(LiveSource):
    """A camera of this machine: ``camera:0`` is the first; one of several also by its path."""

    forms: ClassVar[tuple[str, ...]] = ("camera:N",)
    kind = "camera"

    @classmethod
    def match(cls, uri: str) -> bool:
        """Say whether ``uri`` is ``camera:...``."""
        return scheme_of(uri) == "camera"

    @classmethod
    def open(cls, uri: str, settings: Settings) -> Self:
        """Open the camera and wait for its first frame.

        Raises
        ------
        SourceError
            There is no such camera, or it gives no frame.
        """
        name = after_scheme(uri)
        if not name.isdecimal() and not name.startswith("/dev/"):
            raise SourceError(
                f"{uri} names no camera; give its number, camera:0 for the first, or its path, "
                "camera:/dev/v4l/by-id/..."
            )
        if name.isdecimal() and int(name[:LONGEST_NUMBER]) > HIGHEST_CAMERA:
            raise SourceError(f"{uri}: cameras are numbered from 0 to {HIGHEST_CAMERA}")
        device = int(name) if name.isdecimal() else name
        return cls(uri, lambda: connect_camera(uri, device, settings.source), settings.source)


class StreamSource(LiveSource):
    """A live stream from the network: RTSP, or MJPEG over HTTP."""

    forms: ClassVar[tuple[str, ...]] = ("rtsp://...", "http://...", "https://...")
    kind = "stream"

    @classmethod
    def match(cls, uri: str) -> bool:
        """Say whether ``uri`` is an address of a stream."""
        return scheme_of(uri) in {"rtsp", "rtsps", "http", "https"}

    @classmethod
    def open(cls, uri: str, settings: Settings) -> Self:
        """Connect and wait for the first frame.

        Raises
        ------
        SourceError
            Nothing answers in time, it gives no frame, or it is a file and not live.
        """
        shown = named_safely(uri)
        return cls(shown, lambda: connect_stream(uri, shown, settings.source), settings.source)
