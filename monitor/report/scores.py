"""Counts cells by score."""

import numpy as np
from numpy.typing import NDArray

from monitor.report.content import ScoreHistogram

BINS = 60
SKEWED = 20.0
"""From this ratio of the largest to the median score on, the bins are even on a log scale."""


def histogram_of(scores: NDArray[np.float32]) -> ScoreHistogram | None:
    """Count cells by score.

    Parameters
    ----------
    scores
        (n,) float32; those that are not finite are left out.

    Returns
    -------
    The histogram; None where no score is finite.
    """
    known = scores[np.isfinite(scores)].astype(np.float64)
    if not len(known):
        return None
    low, high = float(known.min()), float(known.max())
    logarithmic = low > 0 and high / float(np.median(known)) > SKEWED
    edges = np.histogram_bin_edges(np.log(known) if logarithmic else known, BINS)
    if logarithmic:
        edges = np.exp(edges)
        edges[0], edges[-1] = low, high
    cells, edges = np.histogram(known, edges)
    return ScoreHistogram(tuple(edges.tolist()), tuple(cells.tolist()), logarithmic)
