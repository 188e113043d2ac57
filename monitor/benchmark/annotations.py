"""Annotated fields: which pictures a data set holds, and where their cells truly are."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from config import SmearwatchError

ANNOTATIONS = "annotations.json"

HEALTHY = frozenset({"uninfected", "rbc", "red blood cell"})
INFECTED = frozenset({"ring", "trophozoite", "schizont", "gametocyte"})
UNKNOWN = frozenset({"difficult"})
NOT_RED_CELLS = frozenset({"wbc", "leukocyte", "platelet", "platelets"})
LABELS = HEALTHY | INFECTED | UNKNOWN | NOT_RED_CELLS

Side = Annotated[float, msgspec.Meta(ge=0)]


class AnnotationError(SmearwatchError):
    """A file of annotations cannot be used."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The annotated red cells of one field.

    Attributes
    ----------
    centres
        (n, 2) float64, (row, column), in pixels of the frame.
    diameters
        (n,) float64, side in pixels of the square of a box's area; None where points are given.
    infected, unknown
        (n,) bool. Unknown are boxes of which not even the annotators were sure.
    """

    centres: NDArray[np.float64]
    diameters: NDArray[np.float64] | None
    infected: NDArray[np.bool_]
    unknown: NDArray[np.bool_]


class _Mark(msgspec.Struct, frozen=True):
    box_xywh: tuple[float, float, Side, Side] | None = None
    label: str | None = None
    centre_xy: tuple[float, float] | None = None


class _Entry(msgspec.Struct, frozen=True):
    image: Annotated[str, msgspec.Meta(min_length=1)]
    cells: list[_Mark]


def read_annotations(path: Path) -> dict[str, Truth]:
    """Read a list of ``{image, cells}``, each cell ``{box_xywh, label}`` or ``{centre_xy}``.

    Returns
    -------
    dict
        The truth by the picture's name. White cells and platelets are left out.

    Raises
    ------
    AnnotationError
        The file cannot be read, is no JSON, or holds an annotation of another shape.
    """
    try:
        entries = msgspec.json.decode(path.read_bytes(), type=list[_Entry])
    except OSError as error:
        raise AnnotationError(f"{path} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AnnotationError(
            f"{path} is no list of {{image, cells}}: {error}; correct or remove it"
        ) from error
    return {entry.image: _truth(entry, path) for entry in entries}


def _truth(entry: _Entry, path: Path) -> Truth:
    where = f"{path}, image {entry.image}"
    if entry.cells and all(cell.centre_xy is not None for cell in entry.cells):
        points = np.array([cell.centre_xy for cell in entry.cells], np.float64)
        none = np.zeros(len(points), bool)
        return Truth(points[:, ::-1], None, none, none)
    marks = [_boxed(cell, f"{where}, cell {i}") for i, cell in enumerate(entry.cells)]
    red = [(box, label) for box, label in marks if label not in NOT_RED_CELLS]
    boxes = np.array([box for box, _ in red], np.float64).reshape(-1, 4)
    return Truth(
        centres=boxes[:, 1::-1] + boxes[:, :1:-1] / 2,
        diameters=np.sqrt(boxes[:, 2] * boxes[:, 3]),
        infected=np.array([label in INFECTED for _, label in red], bool),
        unknown=np.array([label in UNKNOWN for _, label in red], bool),
    )


def _boxed(cell: _Mark, where: str) -> tuple[tuple[float, float, float, float], str]:
    if cell.box_xywh is None or cell.label is None:
        raise AnnotationError(
            f"{where} has no box_xywh with a label; give every cell of an image one, or every "
            "one a centre_xy"
        )
    label = cell.label.lower()
    if label not in LABELS:
        raise AnnotationError(
            f"{where} is labelled {cell.label!r}, which is unknown; use {', '.join(sorted(LABELS))}"
        )
    return cell.box_xywh, label
