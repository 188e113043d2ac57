"""Writes reviewed cells as a labelled set that ``evaluate`` and ``train`` read."""

import csv
import hashlib
import io
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import cv2
import msgspec
import numpy as np

from config import SmearwatchError, UsageError
from monitor.review.reviewed_cells import Gathered, ReviewedCell
from workers.training.datasets.reviewed_cells import (
    DESCRIPTION,
    FORMAT,
    PICTURES,
    TABLE,
    ReviewedSet,
    fifth_of,
    on_black,
)

COLUMNS = (
    *("file", "patient", "infected", "original_width", "original_height", "stage", "fifth"),
    *("field", "cell", "score", "drawn", "reviewers", "model_id"),
)
HELD_OUT = 4
DIGITS = 12
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Of all files in the zip, so that the same cells give the same file."""


class NoReviewsError(SmearwatchError):
    """There is no reviewed cell to learn from."""


def write_labelled_set(gathered: Gathered, output: Path, overwrite: bool = False) -> ReviewedSet:
    """Write reviewed cells, whole or not at all.

    Parameters
    ----------
    gathered
        The cells.
    output
        Folder of the set.
    overwrite
        Replace a set of reviewed cells that is there.

    Raises
    ------
    NoReviewsError
        There is no reviewed cell.
    UsageError
        ``output`` exists and may not be replaced, or cannot be written.
    """
    refuse_set(output, overwrite)
    described, table, pictures = described_set(gathered)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}-") as name:
            whole = Path(name) / "set"
            whole.mkdir()
            (whole / TABLE).write_bytes(table)
            (whole / PICTURES).write_bytes(pictures)
            (whole / DESCRIPTION).write_bytes(msgspec.json.format(msgspec.json.encode(described)))
            if output.exists():
                output.rename(Path(name) / "replaced")
            shutil.move(whole, output)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from error
    return described


def refuse_set(output: Path, overwrite: bool) -> None:
    """Check that a set can be written.

    Raises
    ------
    UsageError
        ``output`` exists and may not be replaced.
    """
    if output.exists() and not overwrite:
        raise UsageError(f"{output} exists: name another folder or give --overwrite")
    if output.exists() and not (output / DESCRIPTION).is_file():
        raise UsageError(f"{output} is no set of reviewed cells and is not overwritten")


def described_set(gathered: Gathered) -> tuple[ReviewedSet, bytes, bytes]:
    """Give what ``set.json``, ``cells.csv`` and ``cells.zip`` hold.

    Raises
    ------
    NoReviewsError
        There is no reviewed cell.
    """
    cells = gathered.cells
    if not cells:
        raise NoReviewsError(
            f"no reviewed cell to export ({_reasons(gathered)}): judge some, for instance with "
            "smearwatch review ID --import FILE"
        )
    table, pictures = _table(cells), _pictures(cells)
    content = hashlib.sha256(table + hashlib.sha256(pictures).digest()).hexdigest()[:DIGITS]
    now = datetime.now(UTC)
    named = {cell.slide for cell in cells}
    infected = sum(cell.infected for cell in cells)
    described = ReviewedSet(
        format=FORMAT,
        version=f"{now:%Y%m%d}-{content}",
        created=now.isoformat(timespec="seconds"),
        software_version=version("smearwatch"),
        slides=len(named),
        held_out_slides=sum(fifth_of(slide) == HELD_OUT for slide in named),
        cells=len(cells),
        infected=infected,
        healthy=len(cells) - infected,
        left_out=gathered.left_out,
    )
    return described, table, pictures


def _reasons(gathered: Gathered) -> str:
    return ", ".join(f"{n:,} {why}" for why, n in gathered.left_out.items()) or "none is reviewed"


def _name(cell: ReviewedCell) -> str:
    return f"{cell.slide}/{cell.cell.field}-{cell.cell.cell}.png"


def _table(cells: Sequence[ReviewedCell]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in cells:
        top, left, bottom, right = one.cell.box
        score = "" if np.isnan(one.cell.score) else repr(one.cell.score)
        writer.writerow(
            [
                *(_name(one), one.slide, int(one.infected), right - left, bottom - top),
                *(one.judged.stage or "", fifth_of(one.slide), one.cell.field, one.cell.cell),
                *(score, int(one.drawn), len(one.judged.reviews), one.model_id),
            ]
        )
    return text.getvalue().encode()


def _pictures(cells: Sequence[ReviewedCell]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as pictures:
        for one in cells:
            png = cv2.imencode(".png", on_black(one.cell.crop)[..., ::-1])[1].tobytes()
            pictures.writestr(zipfile.ZipInfo(_name(one), EPOCH), png)
    return content.getvalue()
