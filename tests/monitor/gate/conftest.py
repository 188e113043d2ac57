"""A simulated smear to look at from anywhere, in any order."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from config import Settings, load
from monitor.sources.simulated.options import SmearOptions
from monitor.sources.simulated.smear import VirtualSmear

Picture = NDArray[np.uint8]
Shoot = Callable[..., Picture]

HEIGHT, WIDTH = 480, 640


@pytest.fixture(scope="session")
def smear() -> VirtualSmear:
    options = SmearOptions(width=WIDTH, height=HEIGHT, density=150, diameter=44, overlap=0.0)
    return VirtualSmear(11, options)


@pytest.fixture(scope="session")
def shoot(smear: VirtualSmear) -> Shoot:
    """Take a picture: where, blurred by how much, turned, brighter; noise differs each time."""
    exposures = iter(range(10**9))

    def take(
        row: float, column: float, blur: float = 0, turn: float = 0, gain: float = 1
    ) -> Picture:
        at = round(row), round(column)
        if not turn:
            image = smear.image(at, blur, exposure=next(exposures))
        else:
            around = [
                np.concatenate(
                    [
                        smear.image((at[0] + i * HEIGHT, at[1] + j * WIDTH), blur)
                        for j in (-1, 0, 1)
                    ],
                    axis=1,
                )
                for i in (-1, 0, 1)
            ]
            whole = np.concatenate(around)
            middle = 1.5 * WIDTH, 1.5 * HEIGHT
            matrix = cv2.getRotationMatrix2D(middle, turn, 1)
            turned = cv2.warpAffine(whole, matrix, whole.shape[1::-1])
            image = turned[HEIGHT : 2 * HEIGHT, WIDTH : 2 * WIDTH]
        return np.clip(image * np.float32(gain), 0, 255).astype(np.uint8)

    return take


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load(environ={})
