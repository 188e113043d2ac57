"""How training went, epoch by epoch: as a table and as a picture."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from config import SmearwatchError
from workers.canvas import new_figure, save

CURVES_FILE = "curves.csv"


class CurvesError(SmearwatchError):
    """A file of losses is broken."""


class Epoch(NamedTuple):
    """Mean losses of one pass.

    Attributes
    ----------
    training, validation
        Loss on the training and on the validation examples.
    """

    training: float
    validation: float


def write_curves(epochs: Sequence[Epoch], path: Path) -> None:
    """Write ``epoch,training,validation`` as CSV, a line a pass, counted from 1."""
    with path.open("w", newline="", encoding="utf-8") as table:
        rows = csv.writer(table, lineterminator="\n")
        rows.writerow(["epoch", *Epoch._fields])
        rows.writerows([number, *epoch] for number, epoch in enumerate(epochs, 1))


def read_curves(path: Path) -> list[Epoch]:
    """Read a file of :func:`write_curves`.

    Raises
    ------
    CurvesError
        It is something else.
    """
    try:
        with path.open(newline="", encoding="utf-8") as table:
            return [
                Epoch(*(float(row[name]) for name in Epoch._fields))
                for row in csv.DictReader(table)
            ]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise CurvesError(f"{path}: no losses of a training; remove it or restore it") from error


def plot_curves(epochs: Sequence[Epoch], path: Path) -> None:
    """Draw both losses over the passes as PNG.

    Raises
    ------
    PlotsError
        matplotlib is not installed.
    """
    figure = new_figure(6, 4)
    axes = figure.add_subplot(xlabel="epoch", ylabel="loss", yscale="log")
    numbers = range(1, len(epochs) + 1)
    for name in Epoch._fields:
        axes.plot(numbers, [getattr(epoch, name) for epoch in epochs], marker=".", label=name)
    axes.legend()
    save(figure, path)
