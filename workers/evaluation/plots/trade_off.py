"""Detection error trade-off: both errors, on axes on which normal scores give a line."""

from typing import TYPE_CHECKING

from scipy.special import ndtri

from workers.canvas import new_figure
from workers.evaluation.measures import sensitivity, specificity
from workers.evaluation.plots.shown import INFECTED_COLOUR, THRESHOLD_COLOUR, Shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKS = (1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95)


def draw_trade_off(shown: Shown) -> "Figure":
    """Draw the share of infected cells missed over the share of healthy cells flagged.

    Notes
    -----
    Normal deviate axes: Martin et al. 1997, Eurospeech, 1895. Rates of 0 and 1 lie at
    infinity and are left out.
    """
    curve = shown.curve
    flagged, missed = curve.false_positive_rates, 1 - curve.sensitivities
    within = (flagged > 0) & (flagged < 1) & (missed > 0) & (missed < 1)
    figure = new_figure(6, 5.5)
    axes = figure.add_subplot(title=shown.title)
    axes.plot(ndtri(flagged[within]), ndtri(missed[within]), color=INFECTED_COLOUR)
    at = (1 - specificity(curve, shown.threshold), 1 - sensitivity(curve, shown.threshold))
    if all(0 < rate < 1 for rate in at):
        label = f"threshold {shown.threshold:.4g}"
        axes.plot(*ndtri(at), "o", color=THRESHOLD_COLOUR, label=label)
        axes.legend()
    _mark(axes, 0.5 / curve.healthy, 0.5 / curve.infected)
    return figure


def _mark(axes: "Axes", least_flagged: float, least_missed: float) -> None:
    """Write rates beside normal deviates; the axes begin below one cell of those there are."""
    names = [f"{mark:.3g}" for mark in MARKS]
    axes.set_xticks(ndtri(MARKS), names)
    axes.set_yticks(ndtri(MARKS), names)
    axes.set_xlim(ndtri(min(least_flagged, MARKS[2])), ndtri(MARKS[-1]))
    axes.set_ylim(ndtri(min(least_missed, MARKS[2])), ndtri(MARKS[-1]))
    axes.set_xlabel("share of healthy cells flagged")
    axes.set_ylabel("share of infected cells missed")
    axes.grid(alpha=0.3)
