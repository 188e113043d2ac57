"""Small data sets drawn on disk, annotated in the formats of the real ones."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

DIAMETER = 40
EMPTY = (232, 228, 224)
STAINED = (200, 140, 150)

Centres = Sequence[tuple[int, int]]
GRID = [(row, column) for row in range(50, 220, 62) for column in range(50, 290, 62)]


def drawn(centres: Centres, size: tuple[int, int] = (260, 330)) -> NDArray[np.uint8]:
    """Draw cells at (row, column); RGB."""
    image = np.full((*size, 3), EMPTY, np.uint8)
    for row, column in centres:
        cv2.circle(image, (column, row), DIAMETER // 2, STAINED, -1, cv2.LINE_AA)
    noise = np.random.default_rng(0).normal(0, 2, image.shape)
    return np.clip(cv2.GaussianBlur(image, (0, 0), 0.7) + noise, 0, 255).astype(np.uint8)


def box_at(row: float, column: float, label: str = "uninfected") -> dict[str, object]:
    half = DIAMETER / 2
    return {"label": label, "box_xywh": [column - half, row - half, DIAMETER, DIAMETER]}


@pytest.fixture
def new_set(tmp_path: Path) -> Callable[..., Path]:
    """Write a data set: the marks of each picture, all of which show ``centres``."""

    def new_set(
        name: str, marks: dict[str, list[dict[str, object]]] | None, centres: Centres = GRID
    ) -> Path:
        folder = tmp_path / name
        (folder / "images").mkdir(parents=True)
        for image in marks if marks is not None else ("a.png", "b.png"):
            bgr = cv2.cvtColor(drawn(centres), cv2.COLOR_RGB2BGR)
            cv2.imwrite(str(folder / "images" / image), bgr)
        if marks is not None:
            entries = [{"image": image, "cells": cells} for image, cells in marks.items()]
            (folder / "annotations.json").write_text(json.dumps(entries))
        return folder

    return new_set


@pytest.fixture
def boxes() -> list[dict[str, object]]:
    return [box_at(*centre) for centre in GRID]


@pytest.fixture
def points() -> list[dict[str, object]]:
    return [{"centre_xy": [column, row], "type": 0} for row, column in GRID]


@pytest.fixture
def picture() -> Callable[..., NDArray[np.uint8]]:
    return drawn


@pytest.fixture
def new_box() -> Callable[..., dict[str, object]]:
    return box_at
