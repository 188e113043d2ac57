"""Drawn fields of known truth, and the segmenter with its default settings."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from config import load
from config.settings import Settings
from segmenter import Segmentation, segment

ROOT = Path(__file__).parents[2]
EMPTY = (232, 228, 224)
STAINED = (200, 140, 150)
SUBPIXEL_BITS = 4


@dataclass
class DrawnField:
    """A thin smear drawn disc by disc; ``centres`` is what a count should find."""

    height: int = 480
    width: int = 640
    empty: tuple[int, int, int] = EMPTY
    centres: list[tuple[float, float]] = field(default_factory=list)
    image: NDArray[np.float32] = field(init=False)

    def __post_init__(self) -> None:
        self.image = np.full((self.height, self.width, 3), self.empty, np.float32)

    def cell(
        self,
        row: float,
        column: float,
        diameter: float,
        colour: tuple[int, int, int] = STAINED,
        pallor: float = 0.0,
    ) -> "DrawnField":
        """A disc whose middle half, where ``pallor`` is 1, is as bright as the empty field."""
        self.spot(row, column, diameter, colour)
        if pallor:
            mixed = np.array(colour) * (1 - pallor) + np.array(self.empty) * pallor
            self.spot(row, column, diameter / 2, tuple(mixed.tolist()))
        self.centres.append((row, column))
        return self

    def spot(
        self, row: float, column: float, diameter: float, colour: tuple[float, ...]
    ) -> "DrawnField":
        """A disc that is no cell."""
        reach = diameter / 2 + 2
        top, left = max(0, int(row - reach)), max(0, int(column - reach))
        part = self.image[top : int(row + reach) + 1, left : int(column + reach) + 1]
        one = 1 << SUBPIXEL_BITS
        centre = round((column - left) * one), round((row - top) * one)
        mask = np.zeros(part.shape[:2], np.uint8)
        cv2.circle(mask, centre, round(diameter / 2 * one), 255, -1, cv2.LINE_AA, SUBPIXEL_BITS)
        cover = mask[..., None].astype(np.float32) / 255
        part[:] = (1 - cover) * part + cover * np.float32(colour)
        return self

    def grid(
        self, diameter: float, spacing: float = 1.5, pallor: float = 0.0, margin: float = 1.0
    ) -> "DrawnField":
        """Cells on a grid, ``spacing`` diameters apart and ``margin`` from the border."""
        first, step = diameter * margin, diameter * spacing
        for row in np.arange(first, self.height - first, step):
            for column in np.arange(first, self.width - first, step):
                self.cell(float(row), float(column), diameter, pallor=pallor)
        return self

    def vignette(self, darkest: float) -> "DrawnField":
        """Darken towards the corners, which keep the share ``darkest`` of the light."""
        rows, columns = np.meshgrid(
            np.linspace(-1, 1, self.height), np.linspace(-1, 1, self.width), indexing="ij"
        )
        light = 1 - (1 - darkest) * (rows**2 + columns**2) / 2
        self.image = self.image * light[..., None].astype(np.float32)
        return self

    def frame(self, noise: float = 2.0, blur: float = 0.7) -> NDArray[np.uint8]:
        """Give the picture a camera would, (h, w, 3) uint8, seeded."""
        seen = cv2.GaussianBlur(self.image, (0, 0), blur) if blur else self.image
        seen = seen + np.random.default_rng(0).normal(0, noise, seen.shape)
        return np.clip(np.rint(seen), 0, 255).astype(np.uint8)


@pytest.fixture
def new_field() -> type[DrawnField]:
    return DrawnField


@pytest.fixture(scope="session")
def defaults() -> Settings:
    return load(environ={})


@pytest.fixture(scope="session")
def find(defaults: Settings) -> Callable[..., Segmentation]:
    """Segment a frame with the default settings, or with some segmenter settings changed."""

    def find(
        frame: NDArray[np.uint8],
        graphics: NDArray[np.bool_] | None = None,
        **changed: float,
    ) -> Segmentation:
        settings = defaults.segmenter.model_copy(update=changed)
        return segment(frame, settings, defaults.quality, graphics)

    return find


@pytest.fixture(scope="session")
def malaria_fields() -> Path:
    data = Path(os.environ.get("SMEARWATCH_DATA", ROOT.parent / "shared" / "data"))
    folder = data / "malaria-fields"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent; set SMEARWATCH_DATA to the folder of the real data")
    return folder
