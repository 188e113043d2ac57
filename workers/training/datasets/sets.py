"""Finds labelled data sets in a folder, and reads each by its format."""

from pathlib import Path

from config import Settings
from workers.training.datasets.cells import DataError, LabelledCells
from workers.training.datasets.fields import ANNOTATIONS, has_boxes, read_fields
from workers.training.datasets.nih_cells import TABLE, read_nih_cells
from workers.training.datasets.reviewed_cells import DESCRIPTION, read_reviewed_cells


def find_sets(data: Path) -> list[Path]:
    """Give the data sets that ``data`` is or holds, by name.

    Raises
    ------
    DataError
        ``data`` is no folder, or neither a set nor one that holds sets.
    """
    if not data.is_dir():
        raise DataError(f"{data}: no such folder; name one that holds data sets")
    found = [folder for folder in (data, *sorted(data.iterdir())) if _is_set(folder)]
    if not found:
        raise DataError(
            f"{data} holds no labelled cells: a set of fields has {ANNOTATIONS} with boxes and "
            f"images/, a set of single cells has {TABLE} and cells.zip"
        )
    return found[:1] if found[0] == data else found


def _is_set(folder: Path) -> bool:
    return (folder / TABLE).is_file() or has_boxes(folder)


def read_set(folder: Path, settings: Settings, seed: int) -> LabelledCells:
    """Read a set of :func:`find_sets`.

    Parameters
    ----------
    folder
        The set.
    settings
        Of the segmenter, for fields.
    seed
        Shuffles patients over the parts; fields are divided along the slide, reviewed cells by
        their slides, instead.

    Raises
    ------
    DataError
        A file is missing or broken.
    """
    if (folder / DESCRIPTION).is_file():
        return read_reviewed_cells(folder)
    if (folder / TABLE).is_file():
        return read_nih_cells(folder, seed)
    return read_fields(folder, settings)
