"""What lens, lamp and sensor make of a smear."""

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.sources.simulated.stains import Stain

Image = NDArray[np.uint8]

NOISE_ROLL = 128
NOISE_STD = 1.5
SHARPEST_PX = 0.15


class Camera:
    """The light that reaches the sensor, and the sensor's noise.

    Parameters
    ----------
    seed
        Of the slide: lamp and noise pattern differ from one to the next.
    stain
        Its colours.
    size
        (height, width) of the frame in pixels.
    """

    def __init__(self, seed: int, stain: Stain, size: tuple[int, int]) -> None:
        rng = np.random.default_rng([seed, 41])
        self._seed = seed
        self._lamp = _lamp(rng, stain, size)
        self._noise = _noise(rng, (size[0] + NOISE_ROLL, size[1] + NOISE_ROLL))

    def empty(self) -> Image:
        """Give a fresh (h, w, 3) uint8 picture of the lamp's light without anything in it."""
        return self._lamp.copy()

    def expose(
        self, light: Image, key: tuple[int, ...], blur_px: float, motion: tuple[int, int]
    ) -> Image:
        """Take the picture.

        Parameters
        ----------
        light
            (h, w, 3) uint8, as it falls into the lens.
        key
            What makes the noise of this exposure its own.
        blur_px
            Standard deviation of the defocus, in pixels.
        motion
            (rows, columns) that the stage moves during the exposure, in pixels.
        """
        if any(motion):
            light = cv2.blur(light, (abs(motion[1]) + 1, abs(motion[0]) + 1))  # type: ignore[assignment]
        if blur_px > SHARPEST_PX:
            light = cv2.GaussianBlur(light, (0, 0), blur_px)  # type: ignore[assignment]
        height, width = light.shape[:2]
        rng = np.random.default_rng([self._seed, 42, *(part & 0xFFFFFFFF for part in key)])
        top, left = rng.integers(NOISE_ROLL, size=2)
        noise = self._noise[top : top + height, left : left + width]
        return cv2.addWeighted(light, 1, noise, 1, -128)  # type: ignore[return-value]


def _lamp(rng: np.random.Generator, stain: Stain, size: tuple[int, int]) -> Image:
    rows = np.linspace(-1, 1, size[0], dtype=np.float32)[:, None]
    columns = np.linspace(-1, 1, size[1], dtype=np.float32)[None, :]
    tilt = rng.normal(0, 0.015, 2)
    off = rng.normal(0, 0.12, 2)
    vignette = rng.uniform(0.02, 0.06) * ((rows - off[0]) ** 2 + (columns - off[1]) ** 2)
    plane = (1.02 + tilt[0] * rows + tilt[1] * columns - vignette)[..., None]
    return _bytes(plane * np.array(stain.background))


def _noise(rng: np.random.Generator, size: tuple[int, int]) -> Image:
    grey = rng.normal(0, 0.8, (*size, 1)).astype(np.float32)
    noise = cv2.GaussianBlur(grey + rng.normal(0, 0.6, (*size, 3)).astype(np.float32), (0, 0), 0.6)
    scaled = np.asarray(noise / noise.std() * NOISE_STD, np.float32)
    return _bytes(128 + scaled)


def _bytes(values: NDArray[np.floating]) -> Image:
    rounded: Image = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return rounded
