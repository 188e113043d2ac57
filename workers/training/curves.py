"""How training went, epoch by epoch: as a table and as a picture."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from config import SmearwatchError


class PlotsError(SmearwatchError):
    """Pictures cannot be drawn."""


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


def plot_curves(epochs: Sequence[Epoch], path: Path) -> None:
    """Draw both losses over the passes as PNG.

    Raises
    ------
    PlotsError
        matplotlib is not installed.
    """
    try:
        # Not before it is needed: it is an extra, and slow to load.
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as error:
        raise PlotsError(
            f"{path}: drawing needs matplotlib; pip install 'smearwatch[plots]'"
        ) from error
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot(xlabel="epoch", ylabel="loss", yscale="log")
    numbers = range(1, len(epochs) + 1)
    for name in Epoch._fields:
        axes.plot(numbers, [getattr(epoch, name) for epoch in epochs], marker=".", label=name)
    axes.legend()
    figure.savefig(path, format="png", dpi=120)
