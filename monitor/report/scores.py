"""Counts cells by score."""

import math

import numpy as np
from numpy.typing import NDArray

from monitor.report.content import ScoreHistogram

BINS = 60
SKEWED = 20.0
"""From this ratio of the largest to the median score on, the bins are even on a log scale."""


def histogram_of(scores: NDArray[np.float32], threshold: float) -> ScoreHistogram | None:
    """Count cells by score, so that the threshold lies between two bins.

    Parameters
    ----------
    scores
        (n,) float32; those that are not finite are left out.
    threshold
        An edge of the bins where it lies among the scores.

    Returns
    -------
    The histogram; None where no score is finite.
    """
    known = scores[np.isfinite(scores)].astype(np.float64)
    if not len(known):
        return None
    low, high = float(known.min()), float(known.max())
    logarithmic = low > 0 and high / float(np.median(known)) > SKEWED
    if logarithmic:
        # Apart from rounding an edge is the threshold; it has to be exactly that.
        edges = np.exp(_edges(*np.log([low, high, threshold if threshold > 0 else low])))
        edges[np.isclose(edges, threshold)] = threshold
    else:
        edges = _edges(low, high, threshold)
    edges[0], edges[-1] = min(edges[0], low), max(edges[-1], high)
    cells, edges = np.histogram(known, edges)
    return ScoreHistogram(tuple(edges.tolist()), tuple(cells.tolist()), bool(logarithmic))


def _edges(low: float, high: float, threshold: float) -> NDArray[np.float64]:
    """Give evenly spaced edges from ``low`` to ``high`` at least, ``threshold`` one of them."""
    step = (high - low) / BINS or 1.0
    start = threshold if low < threshold < high else low
    before, after = math.ceil((start - low) / step), math.ceil((high - start) / step)
    return np.asarray(start + step * np.arange(-before, max(after, 1) + 1), np.float64)
