"""Labelled cells to train on and to measure with, from data sets on disk."""

from workers.training.datasets.cells import (
    FIFTHS,
    HEALTHY,
    DataError,
    LabelledCells,
    LostCells,
    Origin,
    Part,
)
from workers.training.datasets.fields import read_fields
from workers.training.datasets.nih_cells import read_nih_cells
from workers.training.datasets.sets import find_sets, read_set

__all__ = [
    "FIFTHS",
    "HEALTHY",
    "DataError",
    "LabelledCells",
    "LostCells",
    "Origin",
    "Part",
    "find_sets",
    "read_fields",
    "read_nih_cells",
    "read_set",
]
