"""Reads sets of reviewed cells, as ``smearwatch labels export`` writes them.

They have the files of ``nih-cells``, a table and a zip of pictures on black ground, and beside them
``set.json``, which says that the crops are the segmenter's own and to which fifth a slide belongs.
"""

import csv
import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from segmenter import OUTSIDE
from workers.messages import CROP_SHAPE
from workers.training.datasets.cells import (
    FIFTHS,
    HEALTHY,
    UNREADABLE,
    DataError,
    LabelledCells,
    Origin,
)

FORMAT = "smearwatch-reviewed-cells-1"
DESCRIPTION = "set.json"
TABLE = "cells.csv"
PICTURES = "cells.zip"
INFECTED = "infected"
GROUND = 0
"""Value of every channel outside a cell in the pictures; no pixel inside has it in all."""
SPLIT = "by slide, by a hash of its id: of every five, three train, one validates, one is held out"
DIGITS = 16


class ReviewedSet(msgspec.Struct, frozen=True):
    """What ``set.json`` says.

    Attributes
    ----------
    format
        :data:`FORMAT`.
    version
        Date and content: the same cells and labels have the same second part.
    created
        ISO 8601, UTC.
    software_version
        Of smearwatch.
    slides, held_out_slides
        How many slides the cells are of, and how many of these are held out.
    cells, infected, healthy
        How many cells there are, and of each kind.
    left_out
        Reviewed cells that are not in the set, by reason.
    """

    format: str
    version: str
    created: str
    software_version: str
    slides: int
    held_out_slides: int
    cells: int
    infected: int
    healthy: int
    left_out: dict[str, int]


def fifth_of(slide: str) -> int:
    """Give to which fifth of all slides a slide belongs, 0..4; further slides do not change it."""
    digest = hashlib.sha256(f"fifth of {slide}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % FIFTHS


def on_black(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give a crop, (h, w, 3) uint8, on black ground; :func:`as_cut` gives it back as it was."""
    inside = (crop != OUTSIDE).any(axis=2, keepdims=True)
    black = inside & (crop == GROUND).all(axis=2, keepdims=True)
    return np.where(inside, np.where(black, GROUND + 1, crop), GROUND).astype(np.uint8)


def as_cut(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give the crop, (h, w, 3) uint8, of a picture of :func:`on_black`."""
    inside = (picture != GROUND).any(axis=2, keepdims=True)
    return np.where(inside, picture, OUTSIDE).astype(np.uint8)


def read_reviewed_cells(folder: Path) -> LabelledCells:
    """Read all cells of ``folder``.

    Raises
    ------
    DataError
        A file is missing or broken.
    """
    description = _description(folder)
    try:
        listing = (folder / TABLE).read_bytes()
        rows = list(csv.DictReader(listing.decode("utf-8").splitlines()))
        if not rows:
            raise DataError(f"{folder / TABLE} lists no cells: restore it")
        with zipfile.ZipFile(folder / PICTURES) as pictures:
            crops = np.stack([_read(pictures, row["file"]) for row in rows])
        slides = [row["patient"] for row in rows]
        labels = np.array([_label(row) for row in rows], str)
    except (*UNREADABLE, csv.Error) as error:
        raise DataError(f"{folder}: {TABLE} and {PICTURES} cannot be read: {error}") from error
    origin = Origin(
        data=f"reviewed-cells-{description.version}",
        source="cells of the site's own slides, judged by its reviewers",
        licence="the site's own",
        split=SPLIT,
        digest=hashlib.sha256(listing).hexdigest()[:DIGITS],
    )
    return LabelledCells(origin, crops, labels, groups_of(slides))


def groups_of(slides: Sequence[str]) -> NDArray[np.int32]:
    """Give each cell the number of its slide, (n,) int32, whose rest by five is its fifth."""
    numbers: dict[str, int] = {}
    taken = [0] * FIFTHS
    for slide in sorted(set(slides)):
        fifth = fifth_of(slide)
        numbers[slide] = FIFTHS * taken[fifth] + fifth
        taken[fifth] += 1
    return np.array([numbers[slide] for slide in slides], np.int32)


def _description(folder: Path) -> ReviewedSet:
    path = folder / DESCRIPTION
    try:
        found = msgspec.json.decode(path.read_bytes(), type=ReviewedSet)
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}") from error
    if found.format != FORMAT:
        raise DataError(f"{path}: format {found.format!r} is not {FORMAT!r}: export the set anew")
    return found


def _label(row: dict[str, str]) -> str:
    if row["infected"] not in {"0", "1"}:
        raise ValueError(f"{row['file']}: infected is {row['infected']!r}, 0 or 1 is needed")
    return (row["stage"] or INFECTED) if row["infected"] == "1" else HEALTHY


def _read(pictures: zipfile.ZipFile, name: str) -> NDArray[np.uint8]:
    content = np.frombuffer(pictures.read(name), np.uint8)
    picture = cv2.imdecode(content, cv2.IMREAD_COLOR) if len(content) else None
    if picture is None or picture.shape != CROP_SHAPE:
        raise ValueError(f"{name} is no picture of {CROP_SHAPE[1]}x{CROP_SHAPE[0]} pixels")
    return as_cut(np.asarray(picture[..., ::-1], np.uint8))
