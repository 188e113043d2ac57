"""Pictures for people: outlines in green, flagged cells boxed in red."""

import numpy as np

from segmenter import draw
from segmenter.draw import FLAGGED, OUTLINE


def test_flagged_cells_are_boxed_and_no_others(new_field, find):
    frame = new_field().grid(54, spacing=2.0).frame()
    found = find(frame)
    flagged = np.zeros(len(found.cells), bool)
    flagged[[2, 5]] = True
    drawn = draw(frame, found, flagged)
    red = (drawn == FLAGGED).all(axis=2)
    for (top, left, bottom, right), marked in zip(found.cells.boxes, flagged, strict=True):
        around = red[max(0, top - 8) : bottom + 8, max(0, left - 8) : right + 8]
        assert around.any() == marked
        assert not red[top + 4 : bottom - 4, left + 4 : right - 4].any()


def test_every_cell_is_outlined_where_it_is(new_field, find):
    frame = new_field().grid(54, spacing=2.0).frame()
    found = find(frame)
    green = (draw(frame, found) == OUTLINE).all(axis=2)
    rows, columns = np.nonzero(green)
    places = np.stack([rows, columns], -1)[:, None]
    nearest = np.linalg.norm(places - found.cells.centroids[None], axis=2)
    np.testing.assert_allclose(nearest.min(axis=1), 27, atol=4)
    assert len(np.unique(nearest.argmin(axis=1))) == len(found.cells)


def test_the_frame_itself_is_left_alone(new_field, find):
    frame = new_field().grid(54).frame()
    before = frame.copy()
    drawn = draw(frame, find(frame))
    np.testing.assert_array_equal(frame, before)
    assert drawn.shape == frame.shape
    assert drawn.dtype == np.uint8
    assert (drawn != frame).any()
