"""Reads annotated fields in the format of ``malaria-fields``: segments them, matches the boxes."""

from pathlib import Path

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from config import Settings
from segmenter import cut_crops, segment
from workers.training.cells import DataError, LabelledCells, Origin

HEALTHY = "uninfected"
UNKNOWN = "difficult"
STRETCHES = 20
ORIGIN = Origin(
    data="malaria-fields",
    source="Arshad et al. 2021, P. vivax thin smears",
    licence="research use, no licence text",
    split="by 20 contiguous stretches of the sorted fields: of every five, three train, "
    "one validates, one is held out",
)


class _Box(msgspec.Struct):
    label: str
    box_xywh: tuple[float, float, float, float]


class _Field(msgspec.Struct):
    image: str
    cells: list[_Box]


def read_fields(folder: Path, settings: Settings) -> LabelledCells:
    """Segment the fields of ``folder`` and label their cells by the annotated boxes.

    A cell takes the label of the nearest box whose centre lies within half a diameter; cells
    without one, and those labelled ``difficult``, are left out.

    Raises
    ------
    DataError
        The annotations or a picture cannot be read, or hold no cell.
    """
    fields = sorted(_annotations(folder), key=lambda field: field.image)
    found = [_cells_of(folder / "images" / field.image, field, settings) for field in fields]
    if not sum(len(crops) for crops, _ in found):
        raise DataError(f"{folder}: no annotated cell was found")
    stretches = np.arange(len(fields)) * STRETCHES // len(fields)
    return LabelledCells(
        ORIGIN,
        np.concatenate([crops for crops, _ in found]),
        np.concatenate([infected for _, infected in found]),
        np.repeat(stretches, [len(crops) for crops, _ in found]).astype(np.int32),
    )


def _annotations(folder: Path) -> list[_Field]:
    path = folder / "annotations.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[_Field])
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}") from error


def _cells_of(
    path: Path, field: _Field, settings: Settings
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    picture = cv2.imread(str(path))
    if picture is None:
        raise DataError(f"{path} cannot be read: restore the picture")
    frame = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
    found = segment(frame, settings.segmenter, settings.quality)
    labels = _labels(found.cells.centroids, found.cells.diameters, field.cells)
    known = np.array([label not in {"", UNKNOWN} for label in labels], bool)
    infected = np.array([label != HEALTHY for label in labels], bool)
    return cut_crops(frame, found)[known], infected[known]


def _labels(
    centroids: NDArray[np.float32], diameters: NDArray[np.float32], boxes: list[_Box]
) -> list[str]:
    """Give the label of each cell, empty where no box belongs to it."""
    if not boxes:
        return [""] * len(centroids)
    corners = np.array([box.box_xywh for box in boxes])
    centres = np.stack([corners[:, 1] + corners[:, 3] / 2, corners[:, 0] + corners[:, 2] / 2], -1)
    distances = np.linalg.norm(centroids[:, None] - centres[None], axis=2)
    nearest = distances.argmin(axis=1)
    near = distances.min(axis=1) <= diameters / 2
    return [boxes[box].label if ok else "" for box, ok in zip(nearest, near, strict=True)]
