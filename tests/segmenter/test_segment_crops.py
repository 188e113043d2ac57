"""Crops show one cell each, upright, in a standard light, on an empty ground."""

from dataclasses import fields, replace

import numpy as np
import pytest

from segmenter import OUTSIDE, cut_crops, mask_of

DIAMETER = 54


@pytest.fixture
def marked(new_field):
    """Cells with a dark dot in their upper left part."""
    drawn = new_field().grid(DIAMETER)
    for row, column in drawn.centres:
        drawn.spot(row - 12, column - 8, 10, (140, 60, 130))
    return drawn


def test_outside_is_255_and_recovers_the_mask(new_field, find):
    frame = new_field().grid(DIAMETER, pallor=1.0).frame()
    crops = cut_crops(frame, find(frame))
    masks = mask_of(crops)
    assert crops.dtype == np.uint8
    assert crops.flags["C_CONTIGUOUS"]
    assert (crops[~masks] == OUTSIDE).all()
    assert crops[masks].max() < OUTSIDE
    # A disc that fills its square, less the margin.
    shares = masks.mean(axis=(1, 2))
    np.testing.assert_allclose(shares, np.pi / 4 / 1.04**2, atol=0.06)


def test_brighter_than_the_field_is_still_inside(new_field, find):
    drawn = new_field(empty=(200, 200, 200)).grid(DIAMETER)
    row, column = drawn.centres[0]
    frame = drawn.spot(row, column, 14, (255, 255, 255)).frame()
    found = find(frame)
    number = np.linalg.norm(found.cells.centroids - (row, column), axis=1).argmin()
    crop = cut_crops(frame, found)[number]
    assert mask_of(crop[None])[0, 32, 32]
    assert (crop[32, 32] == OUTSIDE - 1).all()


@pytest.mark.parametrize("empty", [(232, 228, 224), (180, 210, 190), (140, 130, 120)])
def test_the_empty_field_becomes_240_in_every_channel(new_field, find, empty):
    stained = tuple(0.7 * np.array(empty))
    drawn = new_field(empty=empty)
    for row in range(60, 440, 90):
        for column in range(60, 600, 90):
            drawn.cell(row, column, DIAMETER, stained, pallor=1.0)
    frame = drawn.frame()
    crops = cut_crops(frame, find(frame))
    middle = np.median(crops[:, 28:36, 28:36], axis=(0, 1, 2))
    np.testing.assert_allclose(middle, 240, atol=3)
    at_rim = np.median(crops[:, 30:34, 6:10], axis=(0, 1, 2))
    np.testing.assert_allclose(at_rim, 0.7 * 240, atol=5)


def test_crops_are_upright_and_in_the_order_of_the_cells(marked, find):
    for number, (row, column) in enumerate(marked.centres[::7]):
        marked.spot(row + 10, column + 10, 4 + 2 * number, (60, 90, 140))
    frame = marked.frame(noise=0)
    found = find(frame)
    crops = cut_crops(frame, found)
    assert len(crops) == len(found.cells) == len(marked.centres)
    for crop, (top, left, bottom, right) in zip(crops, found.cells.boxes, strict=True):
        middle = np.array((top + bottom, left + right)) / 2
        side = 1.04 * max(bottom - top, right - left)
        for row, column in [(-12, -8), (0, 0), (10, 10), (-8, 12)]:
            place = middle + np.array((row, column))
            at = tuple(((np.array((row, column)) / side + 0.5) * 64).astype(int))
            seen = frame[tuple(np.rint(place).astype(int))] * 240.0 / found.background
            np.testing.assert_allclose(crop[at], np.minimum(seen, 254), atol=40)
        assert crop[18, 22].mean() < crop[46, 22].mean() - 30


def test_a_cell_at_the_corner_of_the_frame_has_nothing_beyond_it(new_field, find):
    drawn = new_field().grid(DIAMETER, margin=2.0).cell(12, 12, DIAMETER)
    frame = drawn.frame()
    found = find(frame)
    assert tuple(found.cells.boxes[0, :2]) == (0, 0)
    lone = np.where(found.labels == 1, 1, 0).astype(np.int32)
    only = {part.name: getattr(found.cells, part.name)[:1] for part in fields(found.cells)}
    wide = replace(found.cells, **only)
    wide.boxes[0] = (-30, -30, 42, 42)
    crop = cut_crops(frame, replace(found, labels=lone, cells=wide))
    beyond = int(64 * (30 + 72 * 0.02) / (72 * 1.04))
    assert not mask_of(crop)[0, : beyond - 1].any()
    assert not mask_of(crop)[0, :, : beyond - 1].any()
    assert mask_of(crop)[0, beyond + 5, beyond + 5]


def test_a_neighbour_that_touches_is_outside(new_field, find):
    drawn = new_field().grid(DIAMETER, spacing=1.05, margin=2.0)
    frame = drawn.frame()
    found = find(frame)
    crops = cut_crops(frame, found)
    assert len(crops) == len(drawn.centres)
    assert mask_of(crops).mean(axis=(1, 2)).max() < 0.85


@pytest.mark.parametrize("size", [8, 64, 100])
def test_the_size_can_be_chosen(new_field, find, size):
    frame = new_field().grid(DIAMETER).frame()
    found = find(frame)
    assert cut_crops(frame, found, size).shape == (len(found.cells), size, size, 3)


def test_more_cells_than_one_cut_takes_keep_their_order(new_field, find):
    drawn = new_field(600, 800).grid(20)
    assert len(drawn.centres) > 300
    frame = drawn.frame(noise=0)
    row, column = (int(x) for x in drawn.centres[-1])
    frame[row - 3 : row + 3, column - 3 : column + 3] = (90, 60, 150)
    found = find(frame)
    crops = cut_crops(frame, found)
    darkest = crops[:, 28:36, 28:36].mean(axis=(1, 2, 3)).argmin()
    np.testing.assert_allclose(found.cells.centroids[darkest], (row, column), atol=2)
    assert mask_of(crops).any(axis=(1, 2)).all()


def test_no_cells_give_no_crops(new_field, find):
    frame = new_field().frame()
    assert cut_crops(frame, find(frame)).shape == (0, 64, 64, 3)
