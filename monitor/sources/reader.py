"""OpenCV's reader of videos, cameras and streams: the one home of ``cv2.VideoCapture``."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

_TO_RGB = {1: cv2.COLOR_GRAY2RGB, 3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGB}


class VideoReader:
    """An opened video, camera or stream. ``is_open`` tells whether opening worked."""

    def __init__(self, what: str | int, backend: int, parameters: Sequence[int] = ()) -> None:
        with _opencv_quiet():
            self._capture = cv2.VideoCapture(what, backend, parameters)

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
    def of_camera(cls, index: int) -> Self:
        """Open the camera ``index`` of this machine."""
        return cls(index, cv2.CAP_ANY)

    @property
    def is_open(self) -> bool:
        """Whether there is something to read from."""
        return bool(self._capture.isOpened())

    @property
    def frame_count(self) -> int | None:
        """How many frames the header promises, None where it says nothing."""
        count = self._capture.get(cv2.CAP_PROP_FRAME_COUNT)
        return int(count) if 0 < count < 1 << 40 else None

    def ask(
        self, width_px: int | None, height_px: int | None, fps: float | None
    ) -> dict[str, tuple[float, float]]:
        """Ask the driver for a frame size and rate; give what it refused: (wanted, is)."""
        wanted = {
            "width_px": (cv2.CAP_PROP_FRAME_WIDTH, width_px),
            "height_px": (cv2.CAP_PROP_FRAME_HEIGHT, height_px),
            "fps": (cv2.CAP_PROP_FPS, fps),
        }
        asked = {name: (key, value) for name, (key, value) in wanted.items() if value is not None}
        for key, value in asked.values():
            self._capture.set(key, value)
        now = {name: (value, self._capture.get(key)) for name, (key, value) in asked.items()}
        return {name: pair for name, pair in now.items() if abs(pair[0] - pair[1]) >= 1}

    def grab(self) -> bool:
        """Go on to the next frame without decoding it; False when there is none."""
        return bool(self._capture.grab())

    def decode(self) -> NDArray[np.uint8] | None:
        """Give the frame gone to, (h, w, 3) uint8 RGB, or None if it is broken."""
        good, pixels = self._capture.retrieve()
        if not good or pixels is None or pixels.size == 0:
            return None
        channels = pixels.shape[2] if pixels.ndim == 3 else 1  # noqa: PLR2004
        return cv2.cvtColor(pixels, _TO_RGB[channels]).astype(np.uint8, copy=False)

    def close(self) -> None:
        """Let go of the file or device. May be called twice."""
        self._capture.release()


@contextmanager
def _opencv_quiet() -> Iterator[None]:
    """Keep OpenCV from writing past the log; our error says what it would say."""
    before = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(before)
