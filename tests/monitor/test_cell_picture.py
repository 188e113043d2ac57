"""The picture that explains cells: what stands where in it."""

import cv2
import numpy as np
import pytest

from monitor.cell_picture import ENLARGED, ShownCell, draw_cells
from segmenter.draw import FLAGGED

SIDE = ENLARGED * 64


def a_cell(**more) -> ShownCell:
    return ShownCell(
        "0:1  score 0.9  é.jpg", np.full((64, 64, 3), 180, np.uint8), (10, 20, 30, 44), **more
    )


def explained() -> ShownCell:
    errors = np.zeros((64, 64), np.float32)
    errors[10:30, 20:44] = 1
    return a_cell(reconstruction=np.full((64, 64, 3), 120, np.uint8), error_map=errors)


def tiles(picture, count):
    """The views of the first cell."""
    inside = np.flatnonzero((picture == 180).all(2).sum(1) > SIDE / 2)
    top, left = inside[0], np.flatnonzero((picture[inside[0]] == 180).all(1))[0]
    pitch = SIDE + 12
    return [picture[top : top + SIDE, left + n * pitch :][:, :SIDE] for n in range(count)]


def test_crop_reconstruction_errors_and_box_stand_side_by_side():
    crop, rebuilt, errors, boxed = tiles(draw_cells([explained()]), 4)
    assert (crop == 180).all()
    assert (rebuilt == 120).all()
    brightness = errors.sum(2, dtype=int)
    assert brightness[60, 90] > 600
    assert brightness[150, 150] < 30
    rows, columns = np.nonzero((boxed == FLAGGED).all(2))
    assert rows.min() < 10 * ENLARGED <= 30 * ENLARGED - 1 < rows.max()
    assert columns.min() < 20 * ENLARGED <= 44 * ENLARGED - 1 < columns.max()
    inside = boxed[10 * ENLARGED : 30 * ENLARGED, 20 * ENLARGED : 44 * ENLARGED]
    assert (inside == 180).all()


def test_what_no_model_says_is_left_out():
    alone = draw_cells([a_cell()])
    assert alone.shape[1] < draw_cells([explained()]).shape[1] * 0.6
    crop, boxed = tiles(alone, 2)
    assert (crop == 180).all()
    assert (boxed == FLAGGED).all(2).any()


def test_a_cell_without_a_box_has_none_drawn():
    cell = ShownCell("", np.full((64, 64, 3), 180, np.uint8), None)
    assert not (draw_cells([cell]) == FLAGGED).all(2).any()


@pytest.mark.parametrize("count", [1, 2, 3, 12, 25])
def test_every_cell_is_drawn_once(count):
    picture = draw_cells([explained()] * count)
    marks = np.uint8((picture == FLAGGED).all(2))
    assert cv2.connectedComponents(marks)[0] - 1 == count
    assert picture.shape[0] < 3.5 * picture.shape[1]
