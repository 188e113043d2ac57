"""Two models on the same cells: by how much one ranks better than the other."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from workers.evaluation.bootstrap import LEAST_GROUPS, Resampling
from workers.evaluation.curve import Curve, Ranking
from workers.evaluation.measures import auroc

Draws = NDArray[np.int32]


class Difference(msgspec.Struct, frozen=True):
    """New minus old.

    Attributes
    ----------
    value, low, high
        Of the AUROC, with its 95 % interval.
    drawn
        What was drawn for the interval: ``groups``, patients or slides, or ``cells`` where there
        are too few groups with both kinds.
    """

    value: float
    low: float
    high: float
    drawn: str


def auroc_difference(
    old: NDArray[np.float32],
    new: NDArray[np.float32],
    infected: NDArray[np.bool_],
    groups: NDArray[np.int32],
    how: Resampling | None = None,
) -> Difference:
    """Compare two models by the paired bootstrap: both see the same resamples.

    Parameters
    ----------
    old, new
        (n,) float32, finite scores of the same cells.
    infected
        (n,) bool, some of each kind.
    groups
        (n,) int32, the slide or patient of each.
    how
        How often is drawn; None: as usual.

    Notes
    -----
    The percentile interval; where groups are drawn that of the cluster bootstrap (Field and Welsh
    2007, J. R. Stat. Soc. B 69, 369), else cells are drawn within each kind.
    """
    how = how or Resampling()
    by_group = all(len(np.unique(groups[kind])) >= LEAST_GROUPS for kind in (infected, ~infected))
    draws = _of_groups(groups, how) if by_group else _of_cells(infected, how)
    rankings = Ranking.of(old), Ranking.of(new)
    values = []
    for weights in draws:
        before, after = (_auroc(ranking, infected, weights) for ranking in rankings)
        if before is not None and after is not None:
            values.append(after - before)
    tail = (1 - how.level) / 2
    low, high = np.quantile(values, (tail, 1 - tail))
    ones = np.ones(len(old), np.int32)
    first, last = (_auroc(ranking, infected, ones) for ranking in rankings)
    value = (last or 0.0) - (first or 0.0)
    return Difference(value, float(low), float(high), "groups" if by_group else "cells")


def _of_groups(groups: NDArray[np.int32], how: Resampling) -> Draws:
    names, places = np.unique(groups, return_inverse=True)
    even = np.full(len(names), 1 / len(names))
    times = np.random.default_rng(how.seed).multinomial(len(names), even, how.resamples)
    return times[:, places].astype(np.int32)


def _of_cells(infected: NDArray[np.bool_], how: Resampling) -> Draws:
    chance = np.random.default_rng(how.seed)
    draws = np.zeros((how.resamples, len(infected)), np.int32)
    for kind in (infected, ~infected):
        count = int(kind.sum())
        draws[:, kind] = chance.multinomial(count, np.full(count, 1 / count), how.resamples)
    return draws


def _auroc(ranking: Ranking, infected: NDArray[np.bool_], weights: Draws) -> float | None:
    chosen, of_kind = weights[ranking.order], infected[ranking.order]
    curve = Curve(
        ranking.thresholds, ranking.counts(chosen * of_kind), ranking.counts(chosen * ~of_kind)
    )
    return auroc(curve) if curve.infected and curve.healthy else None
