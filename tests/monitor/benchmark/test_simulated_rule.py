"""Which simulated cells the border rule counts, and how much a raster shows of them."""

import pytest

from monitor.benchmark.simulated_rule import counted_ids, shown, usual_area
from monitor.sources.simulated import CellTruth, FieldTruth, MicroscopeOptions, VirtualSmear

SIDE, RADIUS = 400, 35
Box = tuple[int, int, int, int]


def cell(row: int, column: int) -> CellTruth:
    box: Box = (row - RADIUS, column - RADIUS, row + RADIUS, column + RADIUS)
    top, left, bottom, right = box
    seen = (max(top, 0), max(left, 0), min(bottom, SIDE), min(right, SIDE))
    name, centre, cut = f"{row}:{column}", (row, column), seen != box
    return CellTruth(name, centre, centre, RADIUS, seen, "uninfected", cut, False)


def counts(row: int, column: int) -> bool:
    truth = FieldTruth((0, 0), (SIDE, SIDE), (cell(row, column),), 0, 0, 0)
    return bool(list(counted_ids(truth, 3.14159 * RADIUS**2)))


@pytest.mark.parametrize(
    ("row", "column", "counted"),
    [
        (200, 200, True),
        (0, 200, True),
        (200, 0, True),
        (-20, 200, False),
        (0, 0, False),
        (10, 10, True),
        (SIDE - RADIUS - 1, 200, True),
        (SIDE - RADIUS, 200, False),
        (SIDE, 200, False),
        (200, SIDE - RADIUS, False),
        (0, SIDE, False),
    ],
)
def test_a_cell_counts_where_it_ends_if_enough_of_it_is_seen(
    row: int, column: int, counted: bool
) -> None:
    assert counts(row, column) is counted


def test_a_raster_of_one_view_shows_what_that_view_counts() -> None:
    options = MicroscopeOptions(seed=4, motion="raster")
    first = set(counted_ids(VirtualSmear(4, options).truth((0, 0)), usual_area(options)))
    assert shown(options, 1) == (len(first), 23)


def test_cells_of_overlapping_views_are_true_once() -> None:
    options = MicroscopeOptions(seed=4, motion="raster")
    smear, step = VirtualSmear(4, options), round(0.8 * options.width)
    views = [set(counted_ids(smear.truth((0, at)), usual_area(options))) for at in (0, step)]
    cells, frames = shown(options, len(views[0]) + 1)
    assert frames == 46
    assert cells == len(views[0] | views[1]) < len(views[0]) + len(views[1])
