"""Which cells found are which cells annotated: one to one, the closest together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from monitor.benchmark.annotations import Truth

LEAST_REACH_PX = 1e-6
"""Reach of a box without an area: what is found there exactly can still be that cell."""


@dataclass(frozen=True, slots=True)
class FoundCells:
    """Where cells were found in one field.

    Attributes
    ----------
    centroids
        (n, 2) float, (row, column), in pixels of the frame.
    cut
        (n,) bool, on the frame's border.
    """

    centroids: NDArray[np.floating]
    cut: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Match:
    """How what was found in one field compares with its truth.

    Attributes
    ----------
    found, true, matched
        Cells found, annotated, and both. Unknown boxes and what lies on them are in none, nor
        is, unless the comparison is strict, what was found on the border and nobody annotated.
    infected, infected_found
        Cells annotated as a stage of a parasite, and those of them that were found.
    """

    found: int
    true: int
    matched: int
    infected: int
    infected_found: int


def pair(
    found: NDArray[np.floating], true: NDArray[np.floating], reach: NDArray[np.floating]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pair points one to one: as many pairs as there can be, and of those the closest.

    Parameters
    ----------
    found
        (n, 2), (row, column).
    true
        (m, 2), (row, column).
    reach
        (m,), the largest distance at which a point found can be that one.

    Returns
    -------
    (k,) and (k,) intp
        Indices into ``found`` and ``true``.
    """
    none = np.empty(0, np.intp)
    if not len(found) or not len(true):
        return none, none
    shares = cdist(found, true) / np.maximum(reach, LEAST_REACH_PX)
    near = shares <= 1
    rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    # Dearer than all near pairs together, so that it is never worth losing one.
    far = min(len(rows), len(columns)) + 1.0
    within = np.ix_(rows, columns)
    at, to = linear_sum_assignment(np.where(near[within], shares[within], far))
    kept = near[within][at, to]
    return rows[at[kept]], columns[to[kept]]


def compare(
    found: FoundCells, truth: Truth, usual_diameter_px: float, *, strict: bool = False
) -> Match:
    """Compare the cells found in a field with its truth.

    A cell is found when its centroid lies within half the cell's diameter of the annotated
    centre. What is then left over is an error, unless it lies on a box of an unknown thing or on
    the frame's border, where annotators boxed cells in part.

    Parameters
    ----------
    found
        The cells.
    truth
        The annotations.
    usual_diameter_px
        Stands for the cells' diameters where ``truth`` has points alone.
    strict
        What is left over on the frame's border is an error too.
    """
    usual = np.full(len(truth.centres), usual_diameter_px)
    reach = (usual if truth.diameters is None else truth.diameters) / 2
    sure = np.flatnonzero(~truth.unknown)
    rows, columns = pair(found.centroids, truth.centres[sure], reach[sure])
    left = np.ones(len(found.cut), bool) if strict else ~found.cut
    left[rows] = False
    on_unknown, _ = pair(found.centroids[left], truth.centres[truth.unknown], reach[truth.unknown])
    return Match(
        found=len(rows) + int(left.sum()) - len(on_unknown),
        true=len(sure),
        matched=len(rows),
        infected=int(truth.infected.sum()),
        infected_found=int(truth.infected[sure[columns]].sum()),
    )
