"""Precision over sensitivity."""

from typing import TYPE_CHECKING

from workers.canvas import new_figure
from workers.evaluation.measures import auprc, precision, sensitivity
from workers.evaluation.plots.shown import INFECTED_COLOUR, THRESHOLD_COLOUR, Shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_precision_recall(shown: Shown) -> "Figure":
    """Draw the share of flagged cells that are infected over the share of infected flagged."""
    curve = shown.curve
    share = curve.infected / (curve.infected + curve.healthy)
    at = (sensitivity(curve, shown.threshold), precision(curve, shown.threshold))
    figure = new_figure(6, 5)
    axes = figure.add_subplot(
        xlabel="sensitivity (recall)",
        ylabel="precision",
        title=f"{shown.title}: AUPRC {auprc(curve):.4f}",
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
    )
    axes.plot(curve.sensitivities, curve.precisions, drawstyle="steps-pre", color=INFECTED_COLOUR)
    axes.plot(*at, "o", color=THRESHOLD_COLOUR, label=f"threshold {shown.threshold:.4g}")
    axes.axhline(share, ls=":", color="grey", label=f"chance: {share:.1%} are infected")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure
