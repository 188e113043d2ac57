"""What is no red cell that counts is set apart, named, placed, and drawn."""

import numpy as np
import pytest

from segmenter import draw
from segmenter.draw import APART

DIAMETER = 54


def test_a_blot_that_cannot_be_split_is_a_clump_with_an_estimate(new_field, find):
    drawn = new_field().grid(DIAMETER, spacing=1.6)
    drawn.image[:, 330:] = drawn.empty
    drawn.spot(240, 460, 1.75 * DIAMETER, (200, 140, 150))
    apart = find(drawn.frame()).apart
    clumps = apart.kinds == "clump"
    assert apart.estimated_cells[clumps].tolist() == [3]
    np.testing.assert_allclose(apart.centroids[clumps][0], (240, 460), atol=3)


def test_a_cell_with_a_lobed_nucleus_is_white_and_one_with_a_large_parasite_is_not(new_field, find):
    drawn = new_field().grid(DIAMETER, spacing=2.0)
    whole = len(drawn.centres)
    (row, column), (other_row, other_column) = drawn.centres[9], drawn.centres[14]
    purple = (70, 40, 110)
    drawn.cell(row, column, 1.3 * DIAMETER, (190, 150, 190))
    drawn.spot(row - 12, column, 0.45 * DIAMETER, purple)
    drawn.spot(row + 12, column, 0.45 * DIAMETER, purple)
    drawn.spot(other_row, other_column, 0.4 * DIAMETER, purple)
    found = find(drawn.frame())
    assert found.not_cells == {"white_cell": 1}
    np.testing.assert_allclose(found.apart.centroids[0], (row, column), atol=4)
    assert len(found.cells) == whole - 1


def test_a_cell_under_a_platelet_is_marked_and_one_with_a_parasite_is_not(new_field, find):
    drawn = new_field().grid(DIAMETER, spacing=2.0)
    (row, column), (other_row, other_column) = drawn.centres[9], drawn.centres[14]
    blue, purple = (90, 110, 190), (150, 70, 130)
    drawn.spot(row, column + 20, 0.35 * DIAMETER, blue)
    drawn.spot(other_row, other_column + 10, 0.35 * DIAMETER, purple)
    found = find(drawn.frame())
    assert len(found.cells) == len(drawn.centres)
    marked = found.cells.centroids[found.cells.platelets]
    assert len(marked) == 1
    np.testing.assert_allclose(marked[0], (row, column), atol=6)


def test_a_cell_at_the_far_border_is_one_cell_where_it_lies(new_field, find):
    drawn = new_field().grid(DIAMETER, spacing=1.6, margin=1.6).cell(470, 320, DIAMETER)
    apart = find(drawn.frame()).apart
    assert apart.kinds.tolist() == ["border"]
    assert apart.estimated_cells.tolist() == [1]
    top, left, bottom, right = apart.boxes[0]
    assert bottom == 480
    assert (top, left, right) == pytest.approx((443, 293, 347), abs=4)


def test_cells_of_a_grey_picture_are_no_ink(new_field, find):
    drawn = new_field(empty=(220, 220, 220))
    for row in range(60, 440, 90):
        for column in range(60, 600, 90):
            drawn.cell(row, column, DIAMETER, (130, 130, 130))
    found = find(drawn.frame())
    assert len(found.cells) == len(drawn.centres)
    assert found.not_cells == {}


def test_a_pointer_is_set_apart_with_the_cell_under_it(new_field, find):
    drawn = new_field().grid(DIAMETER, spacing=2.0)
    whole = len(find(drawn.frame()).cells)
    row, column = map(round, drawn.centres[9])
    drawn.image[row - 7 : row + 8, column - 20 : column + 20] = (40, 40, 40)
    found = find(drawn.frame())
    assert found.not_cells == {"graphic": 1}
    assert len(found.cells) == whole - 1


def test_beyond_the_round_field_of_an_eyepiece_is_nothing(new_field, find):
    drawn = new_field(960, 960)
    for row in range(250, 740, 90):
        for column in range(250, 740, 90):
            drawn.cell(row, column, DIAMETER)
    rows, columns = np.mgrid[:960, :960]
    drawn.image[np.hypot(rows - 480, columns - 480) > 470] = 4
    found = find(drawn.frame())
    assert len(found.cells) == len(drawn.centres)


def test_what_is_set_apart_is_outlined_in_its_own_colour(new_field, find):
    drawn = new_field().grid(DIAMETER, spacing=1.6, margin=1.6).cell(470, 320, DIAMETER)
    frame = drawn.frame()
    grey = (draw(frame, find(frame)) == APART["border"]).all(axis=2)
    rows, columns = np.nonzero(grey)
    assert len(rows) > DIAMETER
    assert rows.min() > 430
    assert abs(columns.mean() - 320) < 15
