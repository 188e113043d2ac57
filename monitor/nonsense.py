"""Whether what a worker returned can be scores of the crops that it was given."""

import numpy as np

from workers.messages import ScoredCells

LEAST_CELLS = 4
"""Of fewer cells, all may be beyond scoring, as crops of one colour are."""


def nonsense(cells: ScoredCells, crops: int) -> str | None:
    """Say what is wrong with a worker's answer; None: it may be believed.

    Parameters
    ----------
    cells
        What came.
    crops
        How many crops were sent.
    """
    scores = cells.scores
    if len(scores) != crops:
        return f"{len(scores)} scores for {crops} crops"
    if np.isinf(scores).any():
        return f"{np.count_nonzero(np.isinf(scores))} infinite scores for {crops} crops"
    if crops >= LEAST_CELLS and np.isnan(scores).all():
        return f"no score for any of {crops} crops"
    return None
