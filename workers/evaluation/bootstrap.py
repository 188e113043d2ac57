"""Intervals of figures, by drawing whole patients or slides anew: cells of one are alike."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.evaluation.curve import Curve, Ranking
from workers.evaluation.scored import ScoredCells

LEAST_GROUPS = 3
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Resampling:
    """How groups are drawn.

    Attributes
    ----------
    resamples
        How often, > 0.
    seed
        The same seed gives the same intervals.
    level
        Share of the resamples that an interval holds, 0..1.
    """

    resamples: int = 1000
    seed: int = 0
    level: float = 0.95


def why_no_interval(cells: ScoredCells) -> str | None:
    """Say why figures of these cells have no interval; None: they can have one."""
    for name, kind in (("infected", cells.infected), ("healthy", ~cells.infected)):
        groups = len(np.unique(cells.groups[kind]))
        if groups < LEAST_GROUPS:
            noun = "group" if groups == 1 else "groups"
            return (
                f"cannot be said from {groups} {noun} with {name} cells: needs {LEAST_GROUPS}, "
                "patients or stretches of a slide"
            )
    return None


def intervals(
    cells: ScoredCells, figures: Sequence[Callable[[Curve], float]], how: Resampling
) -> list[Interval | None]:
    """Give an interval for each figure; None where no resample gives it a value.

    Parameters
    ----------
    cells
        Cells that all have a score.
    figures
        What is computed for each resample.
    how
        How groups are drawn.

    Notes
    -----
    The percentile interval of the cluster bootstrap: Field and Welsh 2007, J. R. Stat. Soc. B
    69, 369. With few groups it is too narrow.
    """
    values = [[figure(curve) for figure in figures] for curve in _resampled(cells, how)]
    tail = (1 - how.level) / 2
    return [_between(column, tail) for column in np.array(values, float).T]


def _resampled(cells: ScoredCells, how: Resampling) -> Iterator[Curve]:
    """Give the curve of each resample that holds both kinds of cells."""
    ranking = Ranking.of(cells.scores)
    names, places = np.unique(cells.groups[ranking.order], return_inverse=True)
    infected = cells.infected[ranking.order]
    chance = np.random.default_rng(how.seed)
    even = np.full(len(names), 1 / len(names))
    for times in chance.multinomial(len(names), even, size=how.resamples).astype(np.int32):
        weights = times[places]
        curve = Curve(
            ranking.thresholds,
            ranking.counts(weights * infected),
            ranking.counts(weights * ~infected),
        )
        if curve.infected and curve.healthy:
            yield curve


def _between(values: NDArray[np.float64], tail: float) -> Interval | None:
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    low, high = np.quantile(known, (tail, 1 - tail))
    return float(low), float(high)
