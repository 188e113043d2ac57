"""Draws healthy cells anew, slides first, as another sample would have brought others."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from workers.thresholds.sample import GroupedScores
from workers.thresholds.tail import Tail

DRAWS = 400
SEED = 0
INTERVAL = (0.025, 0.975)


def redrawn(healthy: GroupedScores, draws: int = DRAWS) -> Iterator[Tail]:
    """Give tails of healthy cells drawn with replacement: groups first, then cells in them.

    Cells of a slide are alike, so an interval from cells alone would be too narrow [1]_. Of
    cells below the tail only the number matters, which is binomial.

    Parameters
    ----------
    healthy
        The cells.
    draws
        How many times.

    References
    ----------
    .. [1] A. C. Davison and D. V. Hinkley, Bootstrap Methods and their Application, Cambridge
       (1997), section 3.8.
    """
    chance = np.random.default_rng(SEED)
    sizes = healthy.sizes()
    scores, places = np.array(healthy.tail), np.array(healthy.tail_groups)
    tails = [scores[places == place] for place in range(len(sizes))]
    kept_from = -np.inf if healthy.whole else healthy.tail[0]
    for _ in range(draws):
        drawn = chance.integers(0, len(sizes), len(sizes))
        parts = [_cells(tails[place], int(sizes[place]), chance) for place in drawn]
        together = np.sort(np.concatenate(parts))
        if len(together) > 1:
            yield Tail.fit(together, int(sizes[drawn].sum()), kept_from)


def redrawn_cells(scores: GroupedScores) -> Iterator[NDArray[np.float64]]:
    """Give all scores, rising, drawn as :func:`redrawn` does, without end.

    Parameters
    ----------
    scores
        Of which nothing was left out.
    """
    # Other chance than for the healthy cells, whose slides need not be drawn together with these.
    chance = np.random.default_rng(SEED + 1)
    values, places = np.array(scores.tail), np.array(scores.tail_groups)
    groups = [values[places == place] for place in range(len(scores.groups))]
    while True:
        drawn = chance.integers(0, len(groups), len(groups))
        parts = [chance.choice(groups[place], len(groups[place])) for place in drawn]
        yield np.sort(np.concatenate(parts))


def interval(
    healthy: GroupedScores, estimate: Callable[[Tail], float]
) -> tuple[float, float] | None:
    """Give the 95 % interval of an estimate; None where there is one cell alone."""
    values = [estimate(tail) for tail in redrawn(healthy)]
    if not values:
        return None
    low, high = np.quantile(values, INTERVAL)
    return float(low), float(high)


def _cells(
    tail: NDArray[np.float64], size: int, chance: np.random.Generator
) -> NDArray[np.float64]:
    if len(tail) == 0:
        return tail
    return chance.choice(tail, chance.binomial(size, len(tail) / size))
