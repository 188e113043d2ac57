"""A stage that moves over a simulated smear, with faults put into the picture."""

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from config import load
from monitor.care.care import Care
from monitor.care.condition import Condition
from monitor.care.standing import Standing
from monitor.gate.pose import Pose
from monitor.gate.track import Sighting
from monitor.gate.view import View, look_at
from monitor.sources import Frame
from monitor.sources.simulated import SmearOptions, VirtualSmear

HEIGHT, WIDTH = 480, 640
Image = NDArray[np.uint8]
Fault = Callable[[Image, int], Image]


class Walk:
    """Views of a simulated smear at stops two thirds of a view apart, some frames each."""

    def __init__(self, density: float = 300, overlap: float = 0.08) -> None:
        options = SmearOptions(
            width=WIDTH, height=HEIGHT, density=density, diameter=40, overlap=overlap
        )
        self._smear = VirtualSmear(3, options)
        self._images: dict[tuple[int, int], Image] = {}

    def image(self, stop: int, exposure: int = 0) -> Image:
        if (stop, exposure) not in self._images:
            picture = self._smear.image(self.place(stop), exposure=exposure)
            self._images[stop, exposure] = picture
        return self._images[stop, exposure]

    def place(self, stop: int) -> tuple[int, int]:
        row, along = divmod(stop, 8)
        return 320 * row, 430 * (7 - along if row % 2 else along)

    def views(self, stops: range, fault: Fault | None = None) -> Iterator[tuple[View, Pose]]:
        for stop in stops:
            image = self.image(stop)
            row, column = self.place(stop)
            faulty = image if fault is None else fault(image, stop)
            yield look_at(faulty), Pose(0, row, column)


@pytest.fixture(scope="session")
def walk() -> Walk:
    return Walk()


@pytest.fixture(scope="session")
def crowded() -> Walk:
    return Walk(430, 0.6)


class Watched:
    """Has Care look at frames one after the other, 30 a second."""

    def __init__(self) -> None:
        self.standing = Standing()
        self.told: list[Condition] = []
        self._care = Care(load(environ={}).care, True, self.standing)
        self._frames = 0

    def look(self, views: Iterator[tuple[View, Pose]]) -> list[Condition]:
        told = [condition for view, pose in views for condition in self._one(view, pose)]
        self.told += told
        return told

    def _one(self, view: View, pose: Pose) -> list[Condition]:
        blank = np.zeros((1, 1, 3), np.uint8)
        frame = Frame(self._frames, str(self._frames), blank, self._frames / 30)
        self._frames += 1
        return self._care.look(frame, view, Sighting(pose, "moving", 1.0))


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture(scope="session")
def dusty() -> Fault:
    """Dust at row 150, column 400, 24 pixels wide: a fifth of the light is missing there."""
    spot = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    cv2.circle(spot, (400, 150), 12, (0.2, 0.2, 0.2), -1)
    light = 1 - cv2.GaussianBlur(spot, (0, 0), 2)
    return lambda image, stop: (image * light).astype(np.uint8)
