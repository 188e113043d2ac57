"""Where the cells lie in the network's embedding: its two main directions."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workers.canvas import new_figure
from workers.evaluation.plots.shown import Shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 10_000
"""Points drawn; more cannot be told apart."""
AREA = 4000.0
SIZES = (6.0, 40.0)
"""All points of a kind together, and one, in square points: the fewer, the larger."""
SPREAD = 0.5
"""Per cent of the points left out at either end of an axis: a few would shrink all others."""


def draw_embedding(shown: Shown) -> "Figure":
    """Draw the principal components of the embedding, infected cells over healthy ones."""
    points, shares = principal_components(shown.cells.embeddings)
    figure = new_figure(7, 6)
    axes = figure.add_subplot(title=shown.title)
    axes.set_xlabel(f"first component, {shares[0]:.1%} of the variance")
    axes.set_ylabel(f"second component, {shares[1]:.1%} of the variance")
    few = np.random.default_rng(0).permutation(len(points)) < MOST
    for name, colour, chosen in shown.kinds:
        at = points[chosen & few]
        label = f"{name}, {len(at):,} cells"
        size = np.clip(AREA / len(at), *SIZES) if len(at) else SIZES[0]
        axes.scatter(at[:, 0], at[:, 1], s=size, alpha=0.5, color=colour, linewidths=0, label=label)
    low, high = np.percentile(points, (SPREAD, 100 - SPREAD), axis=0)
    margin = np.maximum(0.1 * (high - low), 1e-6)
    axes.set_xlim(low[0] - margin[0], high[0] + margin[0])
    axes.set_ylim(low[1] - margin[1], high[1] + margin[1])
    for handle in axes.legend().legend_handles:
        if handle is not None:
            handle.set(alpha=1, sizes=[SIZES[1]])
    return figure


def principal_components(
    embeddings: NDArray[np.float16],
) -> tuple[NDArray[np.float64], tuple[float, float]]:
    """Project embeddings, (n, e), on their two main directions.

    Returns
    -------
    (n, 2) float64, centred, and each direction's share of the variance.
    """
    centred = embeddings.astype(float) - embeddings.mean(axis=0, dtype=float)
    # The directions of the cells are those of the small matrix of covariances.
    _, spread, directions = np.linalg.svd(centred.T @ centred)
    points = centred @ np.pad(directions, ((0, 2), (0, 0)))[:2].T
    first, second = np.pad(spread / max(spread.sum(), np.finfo(float).tiny), (0, 2))[:2]
    return points, (float(first), float(second))
