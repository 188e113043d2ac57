"""A video made of a still field: a smaller view that moves over it, as a camera would see it."""

from collections.abc import Container, Iterator, Sequence
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from config import Settings
from monitor.benchmark.pan_paths import Step
from monitor.sources import Frame, SourceError

FPS = 30
NOISE_STD = 3.0
NOISE_ROLL = 128
BRIGHTNESS_DRIFT = 0.1
EXPOSURE_SHARE = 0.25
LEAST_BLUR_PX = 2

Image = NDArray[np.uint8]


class PanVideo:
    """Frames of a moving view, made when asked for; attributes as of the ``Source`` protocol.

    Each has sensor noise of its own (standard deviation 3 grey levels) and is blurred along the
    way that the stage goes in a quarter of the time between two frames; the brightness rises
    and falls by a tenth in the course of the video.

    Parameters
    ----------
    field
        (h, w, 3) uint8, RGB.
    steps
        Of the stage, one a frame.
    view
        (height, width) of a frame in pixels.
    seed
        Of the noise.
    """

    def __init__(
        self, field: Image, steps: Sequence[Step], view: tuple[int, int], seed: Sequence[int]
    ) -> None:
        self.uri = "pan video"
        self.kind = "video"
        self.live = False
        self.simulated = True
        self.repeats = True
        self.names: Sequence[str] | None = None
        self.total: int | None = len(steps)
        self.exhausted = True
        self._field = field
        self._steps = steps
        self._view = view
        self._seed = [*seed]
        rng = np.random.default_rng(self._seed)
        size = (view[0] + NOISE_ROLL, view[1] + NOISE_ROLL, 3)
        noise = rng.normal(128, NOISE_STD, size)
        self._noise = np.clip(np.rint(noise), 0, 255).astype(np.uint8)

    @classmethod
    def match(cls, uri: str) -> bool:  # noqa: ARG003
        """Say no: these videos have no address."""
        return False

    @classmethod
    def open(cls, uri: str, settings: Settings) -> Self:  # noqa: ARG003
        """Refuse: these videos have no address."""
        raise SourceError(f"{uri}: videos made for a benchmark cannot be opened; run it again")

    def frames(self, done: Container[int] = ()) -> Iterator[Frame]:
        """Give the frames in order, without making those in ``done``."""
        for number, step in enumerate(self._steps):
            if number not in done:
                yield Frame(number, f"frame {number}", self._image(number, step), number / FPS)

    def stop(self) -> None:
        """Do nothing: no frame is waited for."""

    def close(self) -> None:
        """Do nothing: nothing is held."""

    def _image(self, number: int, step: Step) -> Image:
        (row, column), (height, width) = step.position, self._view
        light = _blurred(self._field[row : row + height, column : column + width], step.moved)
        drift = 1 + BRIGHTNESS_DRIFT * np.sin(2 * np.pi * number / len(self._steps))
        rng = np.random.default_rng([*self._seed, number])
        top, left = rng.integers(NOISE_ROLL, size=2)
        noise = self._noise[top : top + height, left : left + width]
        image = np.asarray(cv2.addWeighted(light, float(drift), noise, 1, -128), np.uint8)
        image.flags.writeable = False
        return image


def _blurred(light: Image, moved: tuple[float, float]) -> Image:
    """Blur along the way that the stage goes while the shutter is open."""
    along = EXPOSURE_SHARE * np.array(moved)
    length = float(np.hypot(*along))
    if length < LEAST_BLUR_PX:
        return light
    half = int(length) // 2 + 1
    rows, columns = (round(float(end)) for end in along / 2)
    kernel = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    cv2.line(kernel, (half - columns, half - rows), (half + columns, half + rows), (1.0,))
    return np.asarray(cv2.filter2D(light, -1, kernel / kernel.sum()), np.uint8)
