"""Receiver operating characteristic, plain and with the small false positive rates spread."""

from typing import TYPE_CHECKING

import numpy as np

from workers.canvas import new_figure
from workers.evaluation.measures import auroc, sensitivity, specificity
from workers.evaluation.plots.shown import INFECTED_COLOUR, THRESHOLD_COLOUR, Shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_roc(shown: Shown) -> "Figure":
    """Draw the sensitivity over the false positive rate, on a plain and a logarithmic axis."""
    curve = shown.curve
    rates = np.concatenate([[0], curve.false_positive_rates])
    sensitivities = np.concatenate([[0], curve.sensitivities])
    at = (1 - specificity(curve, shown.threshold), sensitivity(curve, shown.threshold))
    figure = new_figure(10, 5)
    figure.suptitle(f"{shown.title}: AUROC {auroc(curve):.4f}")
    for place, scale in enumerate(("linear", "log"), 1):
        axes = figure.add_subplot(1, 2, place, xlabel="false positive rate", ylabel="sensitivity")
        axes.set_xscale(scale)
        axes.set_ylim(-0.02, 1.02)
        axes.plot(rates, sensitivities, color=INFECTED_COLOUR)
        axes.plot(*at, "o", color=THRESHOLD_COLOUR, label=f"threshold {shown.threshold:.4g}")
        chance = np.geomspace(1 / curve.healthy, 1, 100)
        axes.plot(chance, chance, ":", color="grey", label="chance")
        axes.grid(alpha=0.3)
        if scale == "log":
            axes.set_xlim(0.5 / curve.healthy, 1)
        axes.legend(loc="lower right" if scale == "linear" else "upper left")
    return figure
