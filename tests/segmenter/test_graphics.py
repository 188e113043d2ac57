"""What is burned in stands still while the fields change."""

import numpy as np
import pytest

from segmenter import standing_graphics

DIAMETER = 54
BAR = (slice(400, 406), slice(500, 600))


@pytest.fixture
def fields(new_field):
    """Twelve different fields with a thin red bar, such as no cell and no ink has."""
    chance = np.random.default_rng(5)
    made = []
    for _ in range(12):
        drawn = new_field().grid(DIAMETER, spacing=1.6)
        drawn.image = np.roll(drawn.image, chance.integers(0, 300, 2), (0, 1))
        frame = drawn.frame()
        frame[BAR] = (230, 60, 70)
        made.append(frame)
    return made


def test_a_bar_is_found_and_nothing_else(fields):
    found = standing_graphics(fields)
    assert found is not None
    rows, columns = np.nonzero(found)
    assert found[BAR].all()
    assert (rows.min(), rows.max() + 1) == pytest.approx((400, 406), abs=3)
    assert (columns.min(), columns.max() + 1) == pytest.approx((500, 600), abs=3)


def test_frames_of_one_field_show_no_graphics(new_field):
    drawn = new_field().grid(DIAMETER, spacing=1.6)
    assert standing_graphics([drawn.frame() for _ in range(12)]) is None


def test_few_frames_say_nothing_and_other_shapes_are_left_out(fields):
    assert standing_graphics([]) is None
    assert standing_graphics(fields[:7]) is None
    odd = [np.zeros((30, 30, 3), np.uint8)] * 6
    assert standing_graphics([*fields[:6], *odd]) is None
    whole = standing_graphics([fields[0], *odd, *fields[1:]])
    assert whole is not None
    assert np.array_equal(whole, standing_graphics(fields))


def test_a_cell_under_it_is_set_apart_and_others_are_not(new_field, find):
    drawn = new_field().grid(DIAMETER, spacing=2.0)
    row, column = map(round, drawn.centres[9])
    graphics = np.zeros((480, 640), bool)
    graphics[row - 3 : row + 3, column - 20 : column + 20] = True
    before = find(drawn.frame())
    found = find(drawn.frame(), graphics=graphics)
    assert len(found.cells) == len(before.cells) - 1
    assert found.not_cells == {"graphic": 1}
    np.testing.assert_allclose(found.apart.centroids[0], (row, column), atol=3)


def test_graphics_of_another_shape_are_refused(new_field, find):
    with pytest.raises(ValueError, match="graphics"):
        find(new_field().frame(), graphics=np.zeros((10, 10), bool))
