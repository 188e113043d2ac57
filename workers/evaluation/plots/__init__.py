"""What scores look like: a file a picture, all drawn of the same :class:`Shown`."""

from workers.evaluation.plots.draw import draw_plots, refuse_plots, staged
from workers.evaluation.plots.shown import Shown

__all__ = ["Shown", "draw_plots", "refuse_plots", "staged"]
