"""Flagged cells come back as they were counted, the highest scores first."""

import msgspec
import numpy as np
import pytest

from monitor.store import StoreError, field_cells, flagged_cells

KEY = "slide:{a}:flagged_cells"


def test_the_highest_scores_come_first_and_whole(store, info, field):
    writer = store.begin("a", info, "new")
    fields = [field(0, [0.6, 0.1, 0.9]), field(12, [0.7])]
    for one in fields:
        writer.commit_field(one)
    found = flagged_cells(store, "a", 2)
    assert [(cell.field, cell.cell) for cell in found] == [(0, 2), (12, 0)]
    assert [cell.score for cell in found] == [float(np.float32(0.9)), float(np.float32(0.7))]
    assert np.array_equal(found[0].crop, fields[0].crops[2])
    assert found[0].box == tuple(fields[0].boxes[2])
    assert found[0].worst_box == (10, 12, 20, 30)
    assert len(flagged_cells(store, "a", 9)) == 3


def test_a_slide_without_flagged_cells_gives_none(store, info, field):
    store.begin("a", info, "new").commit_field(field(0, [0.1]))
    assert flagged_cells(store, "a", 5) == []
    assert next(field_cells(store, "a")).worst_boxes == {}


def test_cells_counted_before_worst_regions_were_kept_are_read_without(store, info, field):
    store.begin("a", info, "new").commit_field(field(0, [0.9, 0.8]))
    record = msgspec.msgpack.decode(store.client.ask("HGET", KEY, "0:0"))
    del record["worst_box"]
    store.client.ask("HSET", KEY, "0:0", msgspec.msgpack.encode(record))
    assert [cell.worst_box for cell in flagged_cells(store, "a", 2)] == [None, (10, 12, 20, 30)]
    assert next(field_cells(store, "a")).worst_boxes == {1: (10, 12, 20, 30)}


@pytest.mark.parametrize("changes", [{"png": b"no picture"}, {"png": b""}, {"box": [1]}])
def test_a_record_that_cannot_be_read_is_named(store, info, field, changes):
    store.begin("a", info, "new").commit_field(field(0, [0.9]))
    record = msgspec.msgpack.decode(store.client.ask("HGET", KEY, "0:0"))
    store.client.ask("HSET", KEY, "0:0", msgspec.msgpack.encode(record | changes))
    with pytest.raises(StoreError, match="slide a: cell 0:0 cannot be read"):
        flagged_cells(store, "a", 1)


def test_every_field_has_the_worst_regions_of_its_own_cells(store, info, field, monkeypatch):
    monkeypatch.setattr("monitor.store.cells.AT_ONCE", 2)
    writer = store.begin("a", info, "new")
    for number, scores in enumerate([[0.9, 0.1], [0.2], [None, 0.8], [0.3, 0.4, 0.6]]):
        writer.commit_field(field(number, scores))
    found = [sorted(one.worst_boxes) for one in field_cells(store, "a")]
    assert found == [[0], [], [1], [2]]
