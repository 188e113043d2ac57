"""OpenCV's reader of videos, cameras and streams: the one home of ``cv2.VideoCapture``."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.sources.paths import for_opencv, named_safely, shown
from monitor.sources.protocol import SourceError
from monitor.sources.v4l2 import Driver

JPEG_END = b"\xff\xd9"

_TO_RGB = {1: cv2.COLOR_GRAY2RGB, 3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGB}


class VideoReader:
    """An opened video, camera or stream; ``is_open`` tells whether opening worked.

    Attributes
    ----------
    refused
        The settings that are not as set, as whoever opened it found.
    """

    def __init__(self, what: str | int, backend: int, parameters: Sequence[int] = ()) -> None:
        self.refused: Mapping[str, str] = {}
        self._jpegs = False
        with _opencv_quiet():
            self._capture = cv2.VideoCapture(_named(what), backend, parameters)

    @classmethod
    def of_file(cls, path: Path) -> Self:
        """Open a video file."""
        return cls(str(path.absolute()), cv2.CAP_FFMPEG)  # absolute: never taken for a URL

    @classmethod
    def of_stream(cls, url: str, timeout_s: float) -> Self:
        """Open a stream that may take ``timeout_s`` to connect, and to give each frame."""
        timeout_ms = max(1, round(timeout_s * 1000))
        limits = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, cv2.CAP_PROP_READ_TIMEOUT_MSEC)
        return cls(url, cv2.CAP_FFMPEG, [word for limit in limits for word in (limit, timeout_ms)])

    @classmethod
    def of_camera(cls, device: int | str) -> Self:
        """Open a camera of this machine by its number or its path."""
        return cls(device, cv2.CAP_V4L2 if sys.platform.startswith("linux") else cv2.CAP_ANY)

    @property
    def is_open(self) -> bool:
        """Whether there is something to read from."""
        return bool(self._capture.isOpened())

    @property
    def frame_count(self) -> int | None:
        """How many frames the header promises, None where it says nothing."""
        count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        return int(count) if 0 < count < 1 << 40 else None

    @property
    def frame_size(self) -> tuple[int, int]:
        """Height and width of the frames in pixels, as far as known."""
        height = self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
        return int(height), int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH))

    @property
    def fps(self) -> float:
        """Frames per second as the sender says, 0 where it does not."""
        return float(self._capture.get(cv2.CAP_PROP_FPS))

    @property
    def driver(self) -> Driver:
        """The properties of the device."""
        return self._capture

    def decode_jpegs_here(self) -> None:
        """Take what a camera sends as it is, one JPEG a frame.

        OpenCV's own reader of such cameras does not tell of a frame that it cannot decode: it
        gives what was in memory before.
        """
        self._jpegs = bool(self._capture.set(cv2.CAP_PROP_CONVERT_RGB, 0))

    def grab(self) -> bool:
        """Go on to the next frame without decoding it; False when there is none."""
        return bool(self._capture.grab())

    def decode(self) -> NDArray[np.uint8] | None:
        """Give the frame gone to, (h, w, 3) uint8 RGB, or None if it is broken."""
        good, pixels = self._capture.retrieve()
        if not good or pixels is None or pixels.size == 0 or pixels.dtype != np.uint8:
            return None
        if self._jpegs:
            return _rgb_of_jpeg(pixels.tobytes())
        channels = pixels.shape[2] if pixels.ndim == 3 else 1  # noqa: PLR2004
        code = _TO_RGB.get(channels)
        return None if code is None else cv2.cvtColor(pixels, code).astype(np.uint8, copy=False)

    def close(self) -> None:
        """Let go of the file or device. May be called twice."""
        self._capture.release()


def _named(what: str | int) -> str | int:
    if isinstance(what, int):
        return what
    try:
        return for_opencv(what)
    except ValueError as error:
        raise SourceError(
            f"{shown(named_safely(what))} cannot be opened: {error}; rename it"
        ) from error


def _rgb_of_jpeg(data: bytes) -> NDArray[np.uint8] | None:
    """Decode a JPEG, None where it is none or cut short; some cameras add zeros to its end."""
    if not data.rstrip(b"\0").endswith(JPEG_END):
        return None
    with _opencv_quiet():
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        return None
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)


@contextmanager
def _opencv_quiet() -> Iterator[None]:
    """Keep OpenCV from writing past the log; our error says what it would say."""
    before = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(before)
