"""Pictures to plot on: the one home of matplotlib, which is an extra and slow to load."""

from pathlib import Path
from typing import TYPE_CHECKING

from config import SmearwatchError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 120


class PlotsError(SmearwatchError):
    """Pictures cannot be drawn."""


def new_figure(width: float, height: float) -> "Figure":
    """Make an empty picture of so many inches.

    Raises
    ------
    PlotsError
        matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as error:
        raise PlotsError(
            "plots: drawing needs matplotlib; pip install 'smearwatch[plots]'"
        ) from error
    return Figure(figsize=(width, height), layout="constrained")


def save(figure: "Figure", path: Path) -> None:
    """Write a picture as PNG."""
    figure.savefig(path, format="png", dpi=DOTS_PER_INCH)
