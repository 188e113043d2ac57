"""Draws the score histogram with the threshold as a line."""

import io
from typing import TYPE_CHECKING

from monitor.report.content import ScoreHistogram
from workers.canvas import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, RED, INK = "#4a6fa5", "#c0392b", "#333333"
SIZE_INCHES = (7.2, 2.6)
FIXED = {"Date": None, "Creator": None}
"""No metadata that changes from one run to the next."""


def draw_histogram(counted: ScoreHistogram, threshold: float) -> bytes:
    """Draw cells by score, those at or above ``threshold`` in red, as an SVG file.

    Raises
    ------
    PlotsError
        matplotlib is not installed.
    """
    figure = new_figure(*SIZE_INCHES)
    from matplotlib import rc_context  # noqa: PLC0415 - an extra, and slow to load

    with rc_context({"font.size": 9, "svg.fonttype": "path", "svg.hashsalt": "smearwatch"}):
        _draw(figure.add_subplot(), counted, threshold)
        stream = io.BytesIO()
        figure.savefig(stream, format="svg", metadata=FIXED)
    return stream.getvalue()


def _draw(axes: "Axes", counted: ScoreHistogram, threshold: float) -> None:
    starts, ends = counted.edges[:-1], counted.edges[1:]
    widths = [end - start for start, end in zip(starts, ends, strict=True)]
    colours = [RED if start >= threshold else BLUE for start in starts]
    axes.bar(starts, counted.cells, widths, align="edge", color=colours, linewidth=0)
    axes.axvline(threshold, color=INK, linewidth=1.2, linestyle="--")
    axes.annotate(
        f"threshold {threshold:g}",
        (threshold, 1),
        (4, -4),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        va="top",
        color=INK,
    )
    if counted.logarithmic:
        axes.set_xscale("log")
    axes.set_yscale("symlog", linthresh=1)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("score, higher is worse")
    axes.set_ylabel("cells")
    axes.spines[["top", "right"]].set_visible(False)
