"""Reads single-cell pictures in the format of ``nih-cells``: a zip of pictures and a table."""

import csv
import zipfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from segmenter import OUTSIDE
from workers.messages import CROP_SHAPE
from workers.training.datasets.cells import (
    HEALTHY,
    UNREADABLE,
    DataError,
    LabelledCells,
    numbered,
)
from workers.training.datasets.origins import origin_of

DARKEST_INSIDE = 12
"""In these pictures the ground is black; a pixel whose brightest channel is darker is ground."""

INFECTED = "infected"
TABLE = "cells.csv"
SPLIT = "by patient: of every five, three train, one validates, one is held out"

MIXED = np.ones((3, 3), np.uint8)
"""Pixels so near to the ground were mixed with it when the pictures were made smaller; left
inside, they look like a dark rim, and the worst of the healthy cells are those with most of it."""


def read_nih_cells(folder: Path, seed: int) -> LabelledCells:
    """Read all cells of ``folder``.

    The empty field is not in these pictures, so their stain stays as it is; models see each
    cell relative to its own mean colour.

    Raises
    ------
    DataError
        A file is missing or broken.
    """
    try:
        with (folder / TABLE).open(newline="", encoding="utf-8") as table:
            rows = list(csv.DictReader(table))
        if not rows:
            raise DataError(f"{folder / TABLE} lists no cells: restore it")
        with zipfile.ZipFile(folder / "cells.zip") as pictures:
            crops = np.stack([_read(pictures, row["file"]) for row in rows])
            infected = [_is_infected(row) for row in rows]
            patients = [_patient(row) for row in rows]
    except (*UNREADABLE, csv.Error) as error:
        raise DataError(f"{folder}: cells.csv and cells.zip cannot be read: {error}") from error
    numbers = numbered(patients, seed)
    return LabelledCells(
        origin_of(folder, SPLIT, TABLE),
        crops,
        np.where(infected, INFECTED, HEALTHY),
        np.array([numbers[patient] for patient in patients], np.int32),
    )


def _is_infected(row: dict[str, str]) -> bool:
    if row["infected"] not in {"0", "1"}:
        raise ValueError(f"{row['file']}: infected is {row['infected']!r}, 0 or 1 is needed")
    return row["infected"] == "1"


def _patient(row: dict[str, str]) -> str:
    if not row["patient"]:
        raise ValueError(f"{row['file']}: the patient is missing")
    return row["patient"]


def _read(pictures: zipfile.ZipFile, name: str | None) -> NDArray[np.uint8]:
    if not name:
        raise ValueError("a row names no file")
    content = np.frombuffer(pictures.read(name), np.uint8)
    picture = cv2.imdecode(content, cv2.IMREAD_COLOR) if len(content) else None
    if picture is None:
        raise ValueError(f"{name} is not a picture")
    if picture.shape != CROP_SHAPE:
        height, width, _ = picture.shape
        raise ValueError(f"{name} is {width}x{height}, {CROP_SHAPE[1]}x{CROP_SHAPE[0]} is needed")
    bright = (picture.max(axis=2) >= DARKEST_INSIDE).astype(np.uint8)
    inside = cv2.erode(bright, MIXED, borderType=cv2.BORDER_CONSTANT, borderValue=0)[..., None]
    return np.where(inside, np.minimum(picture[..., ::-1], OUTSIDE - 1), OUTSIDE).astype(np.uint8)
