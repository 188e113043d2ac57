"""Reads annotated fields in the format of ``malaria-fields``: segments them, matches the boxes."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from config import Settings
from segmenter import cut_crops, segment, standing_graphics
from workers.training.datasets.cells import HEALTHY, DataError, LabelledCells, LostCells
from workers.training.datasets.origins import origin_of

UNKNOWN = "difficult"
STRETCHES = 20
LOOKED_AT = 16
"""Fields by which burned-in graphics are found, as when a slide is counted."""
ANNOTATIONS = "annotations.json"
SPLIT = (
    "by 20 contiguous stretches of the sorted fields: of every five, three train, one validates, "
    "one is held out"
)


class _Box(msgspec.Struct):
    label: str
    box_xywh: tuple[float, float, float, float]


class _Field(msgspec.Struct):
    image: str
    cells: list[_Box]


@dataclass(frozen=True, slots=True)
class _Found:
    """Crops and labels of one field's cells, and the stages of those that it lost."""

    crops: NDArray[np.uint8]
    labels: NDArray[np.str_]
    lost: NDArray[np.str_]


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
    paths = [folder / "images" / field.image for field in fields]
    graphics = standing_graphics(_frame(path) for path in paths[:LOOKED_AT])
    found = [
        _cells_of(path, field, settings, graphics)
        for path, field in zip(paths, fields, strict=True)
    ]
    if not sum(len(each.labels) for each in found):
        raise DataError(f"{folder}: no annotated cell was found")
    stretches = np.arange(len(fields), dtype=np.int32) * STRETCHES // len(fields)
    return LabelledCells(
        origin_of(folder, SPLIT, ANNOTATIONS),
        np.concatenate([each.crops for each in found]),
        np.concatenate([each.labels for each in found]),
        np.repeat(stretches, [len(each.labels) for each in found]),
        LostCells(
            np.concatenate([each.lost for each in found]),
            np.repeat(stretches, [len(each.lost) for each in found]),
        ),
    )


def has_boxes(folder: Path) -> bool:
    """Say whether a folder is a set of fields in which healthy cells are boxed as such."""
    try:
        fields = _annotations(folder)
    except DataError:
        return False
    return any(cell.label == HEALTHY for field in fields for cell in field.cells)


def _annotations(folder: Path) -> list[_Field]:
    path = folder / ANNOTATIONS
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[_Field])
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}") from error


def _frame(path: Path) -> NDArray[np.uint8]:
    picture = cv2.imread(str(path))
    if picture is None:
        raise DataError(f"{path} cannot be read: restore the picture")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def _cells_of(
    path: Path, field: _Field, settings: Settings, graphics: NDArray[np.bool_] | None
) -> _Found:
    frame = _frame(path)
    found = segment(frame, settings.segmenter, settings.quality, graphics)
    named = np.array([box.label for box in field.cells], str)
    boxes = _boxes(found.cells.centroids, found.cells.diameters, field.cells)
    labels = np.append(named, "")[boxes]
    known = ~np.isin(labels, ["", UNKNOWN])
    taken = np.isin(np.arange(len(named)), boxes)
    lost = named[~taken & ~np.isin(named, [HEALTHY, UNKNOWN])]
    return _Found(cut_crops(frame, found)[known], labels[known], lost)


def _boxes(
    centroids: NDArray[np.float32], diameters: NDArray[np.float32], boxes: list[_Box]
) -> NDArray[np.intp]:
    """Give the number of each cell's box, -1 where none belongs to it."""
    if not boxes:
        return np.full(len(centroids), -1)
    corners = np.array([box.box_xywh for box in boxes])
    centres = np.stack([corners[:, 1] + corners[:, 3] / 2, corners[:, 0] + corners[:, 2] / 2], -1)
    distances = np.linalg.norm(centroids[:, None] - centres[None], axis=2)
    near = distances.min(axis=1) <= diameters / 2
    return np.where(near, distances.argmin(axis=1), -1)
