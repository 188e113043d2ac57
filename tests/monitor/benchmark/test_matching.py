"""Cells found and cells annotated are paired one to one, near ones alone, none given away."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching
from scipy.spatial.distance import cdist

from monitor.benchmark.annotations import Truth
from monitor.benchmark.matching import FoundCells, compare, pair

Points = NDArray[np.float64]
COORDINATES = st.integers(0, 40).map(float)


def points(most: int) -> st.SearchStrategy[Points]:
    shapes = st.integers(0, most).map(lambda count: (count, 2))
    return shapes.flatmap(lambda shape: hnp.arrays(np.float64, shape, elements=COORDINATES))


@st.composite
def fields(draw: st.DrawFn, most: int = 12) -> tuple[Points, Points, NDArray[np.float64]]:
    true = draw(points(most))
    reach = draw(hnp.arrays(np.float64, len(true), elements=st.sampled_from([0.0, 3.0, 8.0, 20.0])))
    return draw(points(most)), true, reach


@given(fields())
def test_pairs_are_one_to_one_and_near(field: tuple[Points, Points, NDArray[np.float64]]) -> None:
    found, true, reach = field
    rows, columns = pair(found, true, reach)
    assert len(set(rows.tolist())) == len(rows) == len(columns) == len(set(columns.tolist()))
    assert (np.linalg.norm(found[rows] - true[columns], axis=1) <= reach[columns] + 1e-6).all()


@given(fields())
def test_no_pair_is_given_away(field: tuple[Points, Points, NDArray[np.float64]]) -> None:
    found, true, reach = field
    rows, _ = pair(found, true, reach)
    near = cdist(found, true).reshape(len(found), len(true)) <= reach
    most = maximum_bipartite_matching(csr_matrix(near)) if near.size else np.empty(0)
    assert len(rows) == (most >= 0).sum()


@given(fields(most=5))
def test_of_as_many_pairs_the_closest_are_taken(
    field: tuple[Points, Points, NDArray[np.float64]],
) -> None:
    found, true, reach = field
    reach = np.maximum(reach, 1.0)
    rows, columns = pair(found, true, reach)
    shares = cdist(found, true) / reach if len(found) and len(true) else np.zeros((0, 0))
    if not shares.size:
        assert not len(rows)
        return
    wide = shares if len(found) <= len(true) else shares.T
    totals = []
    for order in permutations(range(wide.shape[1]), wide.shape[0]):
        taken = wide[np.arange(wide.shape[0]), list(order)]
        if (taken <= 1).sum() == len(rows):
            totals.append(taken[taken <= 1].sum())
    assert shares[rows, columns].sum() == pytest.approx(min(totals))


@given(fields())
def test_the_order_of_cells_changes_nothing(
    field: tuple[Points, Points, NDArray[np.float64]],
) -> None:
    found, true, reach = field
    totals = []
    for step in (1, -1):
        rows, columns = pair(found[::step], true[::step], reach[::step])
        gaps = np.linalg.norm(found[::step][rows] - true[::step][columns], axis=1)
        totals.append((len(rows), (gaps / np.maximum(reach[::step][columns], 1e-6)).sum()))
    assert totals[0] == pytest.approx(totals[1])


def truth(centres: list[tuple[float, float]], **marks: list[bool]) -> Truth:
    none = [False] * len(centres)
    return Truth(
        np.array(centres, float).reshape(-1, 2),
        np.full(len(centres), 16.0),
        np.array(marks.get("infected", none), bool),
        np.array(marks.get("unknown", none), bool),
    )


def cells(centroids: list[tuple[float, float]], cut: list[bool] | None = None) -> FoundCells:
    none = [False] * len(centroids)
    return FoundCells(np.array(centroids, float).reshape(-1, 2), np.array(cut or none, bool))


def test_a_cell_found_twice_is_one_match_and_one_error() -> None:
    match = compare(cells([(10, 12), (11, 10)]), truth([(10, 10), (10, 30)]), 0)
    assert (match.found, match.true, match.matched) == (2, 2, 1)


def test_half_a_diameter_is_near_and_more_is_not() -> None:
    assert compare(cells([(10, 18)]), truth([(10, 10)]), 0).matched == 1
    assert compare(cells([(10, 18.01)]), truth([(10, 10)]), 0).matched == 0


def test_an_unknown_box_is_neither_truth_nor_error() -> None:
    unknown = truth([(10, 10), (50, 50)], unknown=[False, True])
    on_both = compare(cells([(10, 10), (50, 50)]), unknown, 0)
    assert (on_both.found, on_both.true, on_both.matched) == (1, 1, 1)
    on_one = compare(cells([(10, 10)]), unknown, 0)
    assert (on_one.found, on_one.true, on_one.matched) == (1, 1, 1)
    twice = compare(cells([(50, 50), (51, 50)]), unknown, 0)
    assert (twice.found, twice.matched) == (1, 0)


def test_a_known_cell_is_served_before_an_unknown_one() -> None:
    overlapping = truth([(10, 10), (10, 14)], unknown=[False, True])
    match = compare(cells([(10, 13)]), overlapping, 0)
    assert (match.found, match.true, match.matched) == (1, 1, 1)


def test_what_lies_on_the_border_without_a_box_is_an_error_only_when_strict() -> None:
    found = cells([(10, 10), (50, 99), (2, 40)], [False, True, True])
    boxed = truth([(10, 10), (2, 40)])
    lenient, strict = (compare(found, boxed, 0, strict=strict) for strict in (False, True))
    assert (lenient.found, lenient.matched) == (2, 2)
    assert (strict.found, strict.matched) == (3, 2)


def test_infected_cells_found_are_those_matched() -> None:
    marked = truth([(10, 10), (50, 50), (90, 90)], infected=[True, True, False])
    match = compare(cells([(10, 10), (90, 90)]), marked, 0)
    assert (match.infected, match.infected_found) == (2, 1)


def test_points_take_the_usual_diameter() -> None:
    none = np.zeros(1, bool)
    point = Truth(np.array([(10.0, 10.0)]), None, none, none)
    assert compare(cells([(10, 19)]), point, 20).matched == 1
    assert compare(cells([(10, 19)]), point, 16).matched == 0
