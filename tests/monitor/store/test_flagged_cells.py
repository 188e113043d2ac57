import dataclasses

import cv2
import msgspec
import numpy as np
import pytest

from monitor.store.records import FlaggedCell, FrameOutcome


@pytest.fixture
def small(store):
    store.settings = store.settings.model_copy(update={"max_flagged_cells": 3, "max_events": 5})
    return store


def kept(store):
    cells = store.client.ask("HGETALL", "slide:{a}:flagged_cells")
    return {key.decode(): msgspec.msgpack.decode(cells[key], type=FlaggedCell) for key in cells}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_highest_scores_stay_whatever_the_order(small, info, field, order):
    fields = [field(0, [0.9, 0.7, 0.7]), field(1, [0.7, 0.6]), field(2, [0.7, 0.1, 0.8])]
    writer = small.begin("a", info, "new")
    for number in order:
        writer.commit_field(fields[number])
    # Of equal scores the member that sorts last stays.
    assert sorted(kept(small)) == ["0:0", "2:0", "2:2"]
    assert small.client.ask("ZCARD", "slide:{a}:flagged") == 3


def test_a_kept_cell_holds_its_picture_box_score_and_embedding(store, info, field):
    result = field(4, [0.2, 0.75])
    store.begin("a", info, "new").commit_field(result)
    cell = kept(store)["4:1"]
    picture = cv2.imdecode(np.frombuffer(cell.png, np.uint8), cv2.IMREAD_COLOR)[..., ::-1]
    assert np.array_equal(picture, result.crops[1])
    assert cell.box == tuple(result.boxes[1])
    assert cell.score == 0.75
    assert cell.worst_box == (10, 12, 20, 30)
    assert np.array_equal(np.frombuffer(cell.embedding, "<f2"), result.embeddings[1])
    assert list(kept(store)) == ["4:1"]


def test_a_cell_whose_worst_region_is_not_known_is_kept_without(store, info, field):
    result = field(4, [0.75])
    result.worst_boxes[:] = 0
    store.begin("a", info, "new").commit_field(result)
    assert kept(store)["4:0"].worst_box is None


def test_worst_boxes_of_another_number_of_cells_are_refused(store, info, field):
    writer = store.begin("a", info, "new")
    result = dataclasses.replace(field(0, [0.1, 0.2]), worst_boxes=np.zeros((1, 4), np.uint8))
    with pytest.raises(ValueError, match=r"worst boxes \(1, 4\) .* not of equally many"):
        writer.commit_field(result)
    assert 0 not in writer.done


def test_events_are_capped(small, info, field):
    writer = small.begin("a", info, "new")
    for number in range(20):
        writer.commit_field(field(number, []))
    writer.record([FrameOutcome(20, "rejected", "blurred")])
    events = small.client.ask("XRANGE", "slide:{a}:events", "-", "+")
    assert len(events) == 5
    assert events[-1][1][b"kind"] == b"rejected"
    assert events[-2][1][b"number"] == b"19"


def test_a_box_that_does_not_fit_is_refused_and_nothing_is_counted(store, info, field):
    writer = store.begin("a", info, "new")
    result = field(0, [0.1])
    result.boxes[0, 3] = 70_000
    with pytest.raises(ValueError, match="within 0 and 65535"):
        writer.commit_field(result)
    assert 0 not in writer.done


def test_of_one_field_with_too_many_the_highest_scores_stay(small, info, field):
    small.begin("a", info, "new").commit_field(field(0, [0.6, 0.9, 0.7, 0.7, 0.7]))
    assert sorted(kept(small)) == ["0:1", "0:3", "0:4"]
