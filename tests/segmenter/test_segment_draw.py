"""Pictures for people: outlines in green, flagged cells boxed in red."""

import numpy as np

from segmenter import draw, with_legend
from segmenter.contours import dashes, outlines
from segmenter.draw import APART, FLAGGED, OUTLINE
from segmenter.lettering import Lettering


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


def test_a_kind_set_apart_is_outlined_and_named_in_its_colour(new_field, find):
    drawn = new_field().grid(54, spacing=1.6)
    drawn.image[:, 330:] = drawn.empty
    frame = drawn.spot(240, 460, 95, (200, 140, 150)).frame()
    picture = draw(frame, find(frame))
    rows, columns = np.nonzero((picture == APART["clump"]).all(axis=2))
    assert np.hypot(rows - 240, columns - 460).min() > 40
    named = picture[165:190, 400:520].astype(int) - frame[165:190, 400:520]
    assert (np.abs(named) > 40).any()


def test_cells_on_the_border_are_dashed(new_field, find):
    frame = new_field().grid(54, spacing=1.6, margin=1.6).cell(470, 320, 54).frame()
    changed = (draw(frame, find(frame)) != frame).any(axis=2)
    dark = (draw(frame, find(frame)) == APART["border"]).all(axis=2)
    around = changed[438:, 285:355]
    share = dark[438:, 285:355].sum() / around.sum()
    assert 0.35 <= share <= 0.75


def test_outlines_are_those_of_all_regions_in_their_order(new_field, find):
    found = find(new_field().grid(54, spacing=1.6, margin=1.6).cell(470, 320, 54).frame())
    lines = outlines(found)
    assert len(lines) == len(found.cells) + len(found.apart)
    boxes = np.concatenate([found.cells.boxes, found.apart.boxes])
    for line, (top, left, bottom, right) in zip(lines, boxes, strict=True):
        np.testing.assert_allclose(line.min(axis=0), (left, top), atol=3)
        np.testing.assert_allclose(line.max(axis=0), (right - 1, bottom - 1), atol=3)


def test_dashes_cover_half_of_an_outline():
    square = np.array([(0, 0), (100, 0), (100, 100), (0, 100)], np.int32)
    parts = dashes(square, 10)
    lengths = [np.linalg.norm(np.diff(part, axis=0), axis=1).sum() for part in parts]
    assert len(parts) == 20
    np.testing.assert_allclose(lengths, 10, atol=1)


def test_the_smallest_outlines_can_be_dashed():
    assert dashes(np.empty((0, 2), np.int32), 5) == []
    point = dashes(np.array([(3, 4)], np.int32), 5)
    assert np.unique(np.concatenate(point), axis=0).tolist() == [[3, 4]]


def test_lines_and_letters_grow_with_the_picture():
    small, phone = Lettering.fit((480, 640, 3)), Lettering.fit((2988, 5312, 3))
    assert small.line_px == 1
    assert phone.line_px >= 5
    assert phone.measure("debris")[0] > 4 * small.measure("debris")[0]


def test_a_name_at_the_edge_is_moved_inside():
    picture = np.zeros((100, 200, 3), np.uint8)
    for at in ((-50, -50), (500, 500), (0, 195)):
        letters = Lettering.fit(picture.shape)
        before = picture.copy()
        letters.write(picture, "graphic", at, OUTLINE)
        columns = np.flatnonzero((picture != before).any(axis=(0, 2)))
        assert columns.max() - columns.min() > 0.9 * letters.measure("graphic")[1] - 2
        picture[:] = 0


def test_the_legend_stands_below_and_names_what_is_there(new_field, find):
    frame = new_field().grid(54, spacing=1.6, margin=1.6).cell(470, 320, 54).frame()
    found = find(frame)
    drawn = draw(frame, found)
    whole = with_legend(drawn, found)
    np.testing.assert_array_equal(whole[:480], drawn)
    strip = whole[480:]
    assert 10 < len(strip) < 60
    colours = {tuple(colour) for colour in np.unique(strip.reshape(-1, 3), axis=0).tolist()}
    assert {OUTLINE, APART["border"]} <= colours
    assert APART["clump"] not in colours


def test_a_narrow_picture_has_a_legend_of_more_lines(new_field, find):
    wide = new_field().grid(54).frame()
    narrow = new_field(480, 200).grid(54).frame()
    lines = [len(with_legend(f, find(f))) - len(f) for f in (wide, narrow)]
    assert lines[1] > lines[0]
