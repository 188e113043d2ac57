"""Histogram and density of the scores by kind of cell, with the threshold."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.stats import gaussian_kde

from workers.canvas import new_figure
from workers.evaluation.plots.shown import THRESHOLD_COLOUR, Shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BINS = 60
POINTS = 400
BEYOND = 0.08
"""How far a density is drawn beyond the scores, as a share of their range."""
Values = NDArray[np.float64]


def draw_scores(shown: Shown) -> "Figure":
    """Draw how the scores of both kinds are spread, on a logarithmic axis where it can be."""
    scores = shown.cells.scores.astype(float)
    positive = bool(scores.min() > 0)
    values = np.log10(scores) if positive else scores
    figure = new_figure(8, 4.5)
    axes = figure.add_subplot(xlabel="score", title=shown.title)
    axes.set_ylabel("share of cells per tenfold score" if positive else "share of cells per score")
    if positive:
        axes.set_xscale("log")
    edges = np.histogram_bin_edges(values, BINS)
    for name, colour, chosen in shown.kinds:
        shares = np.histogram(values[chosen], edges, density=True)[0]
        axes.stairs(shares, _back(edges, positive), fill=True, alpha=0.35, color=colour)
        label = f"{name}, {int(chosen.sum()):,} cells"
        at, density = _density(values[chosen], edges)
        axes.plot(_back(at, positive), density, color=colour, label=label)
    axes.axvline(
        shown.threshold, color=THRESHOLD_COLOUR, ls="--", label=f"threshold {shown.threshold:.4g}"
    )
    axes.set_ylim(bottom=0)
    axes.legend()
    return figure


def _density(values: Values, edges: Values) -> tuple[Values, Values]:
    """Estimate a density; none where all values are the same."""
    if np.ptp(values) == 0:
        return np.array([values[0]]), np.array([0.0])
    beyond = BEYOND * (edges[-1] - edges[0])
    at = np.linspace(edges[0] - beyond, edges[-1] + beyond, POINTS)
    return at, np.asarray(gaussian_kde(values)(at))


def _back(values: Values, logarithmic: bool) -> Values:
    return np.asarray(10**values) if logarithmic else values
