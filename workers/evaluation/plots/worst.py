"""The worst errors: healthy cells of the highest scores, infected cells of the lowest."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workers.canvas import new_figure
from workers.evaluation.plots.shown import Shown
from workers.training.datasets import HEALTHY

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

COLUMNS = 12
ROWS = 3


def draw_worst(shown: Shown) -> "Figure":
    """Draw 36 cells of either kind, the worst first, each with its score and its stage."""
    healthy, infected = worst(shown)
    figure = new_figure(COLUMNS * 0.95, 2 * ROWS * 1.2 + 0.6)
    figure.suptitle(f"{shown.title}, threshold {shown.threshold:.4g}")
    above, below = figure.subfigures(2, 1)
    _montage(above, "healthy, highest scores", shown, healthy)
    _montage(below, "infected, lowest scores", shown, infected)
    return figure


def worst(shown: Shown) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give the healthy cells that score highest and the infected ones that score lowest."""
    order = np.argsort(shown.cells.scores, kind="stable")
    infected = shown.cells.infected[order]
    most = COLUMNS * ROWS
    return order[~infected][::-1][:most], order[infected][:most]


def _montage(part: "SubFigure", title: str, shown: Shown, chosen: NDArray[np.intp]) -> None:
    part.suptitle(title, fontsize="medium")
    for place, axes in enumerate(part.subplots(ROWS, COLUMNS).flat):
        axes.set_axis_off()
        if place < len(chosen):
            cell = chosen[place]
            axes.imshow(shown.crops[cell])
            axes.set_title(_words(shown, cell), fontsize=7)


def _words(shown: Shown, cell: np.intp) -> str:
    label = str(shown.cells.labels[cell])
    score = f"{shown.cells.scores[cell]:.3g}"
    return score if label == HEALTHY else f"{score} {label}"
