"""Cells kept by chance: the same whoever looks, however many, whatever the order."""

import numpy as np
import pytest

from monitor.store import sampled_cells
from monitor.store.drawn import rank_of


def kept(store, slide="a"):
    return [(cell.field, cell.cell) for cell in sampled_cells(store, slide)]


@pytest.fixture
def few(store):
    store.settings = store.settings.model_copy(update={"max_sampled_cells": 5})
    return store


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_those_of_the_lowest_rank_stay_whatever_the_order_of_the_fields(few, info, field, order):
    writer = few.begin("a", info, "new")
    for number in order:
        writer.commit_field(field(number, [0.1, 0.9, None, 0.2]))
    every = [(number, cell) for number in range(3) for cell in range(4)]
    assert kept(few) == sorted(every, key=lambda one: rank_of("a", *one))[:5]
    assert few.client.ask("HLEN", "slide:{a}:sampled_cells") == 5


def test_a_slide_of_few_cells_keeps_all_with_crop_box_and_score(store, info, field):
    result = field(3, [0.1, None, 0.9])
    store.begin("a", info, "new").commit_field(result)
    found = {cell.cell: cell for cell in sampled_cells(store, "a")}
    assert sorted(found) == [0, 1, 2]
    assert np.array_equal(found[1].crop, result.crops[1])
    assert found[0].box == tuple(result.boxes[0])
    assert [found[cell].score for cell in (0, 2)] == [pytest.approx(0.1), pytest.approx(0.9)]
    assert np.isnan(found[1].score)


def test_other_slides_keep_others(few, info, field):
    for slide in ("a", "b"):
        few.begin(slide, info, "new").commit_field(field(0, [0.1] * 30))
    assert kept(few, "a") != kept(few, "b")


def test_the_draw_favours_no_place(few):
    places = [
        min(range(10), key=lambda cell: rank_of(f"slide-{number}", 0, cell))
        for number in range(2000)
    ]
    # 200 are expected at each place, with a standard deviation of 13.
    assert np.bincount(places, minlength=10).min() > 140
    assert np.bincount(places, minlength=10).max() < 260
