"""Cells to score: discs with a pale centre that stand for healthy ones, and lesions on them."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

Crops = NDArray[np.uint8]
OUTSIDE = 255
SIZE = 64


def _cells(count: int, seed: int = 0) -> Crops:
    chance = np.random.default_rng(seed)
    rows, columns = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2
    distance = np.hypot(rows, columns)[None, :, :, None]
    radius = chance.uniform(24, 30, (count, 1, 1, 1))
    stain = np.array([205.0, 150.0, 165.0]) + chance.normal(0, 8, (count, 1, 1, 3))
    pallor = chance.uniform(10, 30, (count, 1, 1, 1)) * np.exp(-((distance / 9) ** 2))
    noise = chance.normal(0, 2, (count, SIZE, SIZE, 3))
    cells = np.clip(stain + pallor + noise, 0, OUTSIDE - 1)
    return np.where(distance < radius, cells, OUTSIDE).astype(np.uint8)


def _paint(crops: Crops) -> Crops:
    rows, columns = np.mgrid[:SIZE, :SIZE]
    painted = crops.copy()
    painted[:, np.hypot(rows - 38, columns - 24) < 4] = (110, 50, 130)
    return painted


@pytest.fixture(scope="session")
def cells() -> Callable[..., Crops]:
    """``cells(count, seed)``: (count, 64, 64, 3) uint8, round healthy cells with pallor."""
    return _cells


@pytest.fixture(scope="session")
def with_lesion() -> Callable[[Crops], Crops]:
    """``with_lesion(crops)``: the same cells, a purple dot of four pixels' radius in each."""
    return _paint
