"""The worst errors: healthy cells of the highest scores, infected cells of the lowest."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workers.canvas import new_figure
from workers.evaluation.plots.shown import Shown
from workers.training.datasets import HEALTHY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = 12
ROWS = 3
WHITE = 255
MARGIN_PX, LETTERS_PX = 10, 24
"""Between two cells, and above each for its score and stage, in pixels of the crops."""


def draw_worst(shown: Shown) -> "Figure":
    """Draw 36 cells of either kind, the worst first, each with its score and its stage."""
    figure = new_figure(11.4, 8.1)
    figure.suptitle(f"{shown.title}, threshold {shown.threshold:.4g}")
    above, below = figure.subplots(2, 1)
    healthy, infected = worst(shown)
    _montage(above, "healthy, highest scores", shown, healthy)
    _montage(below, "infected, lowest scores", shown, infected)
    return figure


def worst(shown: Shown) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give the healthy cells that score highest and the infected ones that score lowest."""
    order = np.argsort(shown.cells.scores, kind="stable")
    infected = shown.cells.infected[order]
    most = COLUMNS * ROWS
    return order[~infected][::-1][:most], order[infected][:most]


def _montage(axes: "Axes", title: str, shown: Shown, chosen: NDArray[np.intp]) -> None:
    """Draw the cells as one sheet, which is much faster than axes for each."""
    height, width = shown.crops.shape[1:3]
    pitch = (height + LETTERS_PX, width + MARGIN_PX)
    sheet = np.full((ROWS * pitch[0], COLUMNS * pitch[1], 3), WHITE, np.uint8)
    for place, cell in enumerate(chosen):
        row, column = divmod(place, COLUMNS)
        top, left = row * pitch[0] + LETTERS_PX, column * pitch[1]
        sheet[top : top + height, left : left + width] = shown.crops[cell]
        words = _words(shown, cell)
        axes.text(left + width / 2, top - 1, words, ha="center", va="bottom", fontsize=7)
    axes.imshow(sheet)
    axes.set_title(title)
    axes.set_axis_off()


def _words(shown: Shown, cell: np.intp) -> str:
    label = str(shown.cells.labels[cell])
    score = f"{shown.cells.scores[cell]:#.3g}"
    return score if label == HEALTHY else f"{score}\n{label}"
