"""Whatever stands under a slide's keys, reading it gives an answer or our own error in one line."""

import numpy as np
import pytest

from config import SmearwatchError
from monitor.store import (
    FieldResult,
    SlideInfo,
    StoreError,
    field_cells,
    flagged_cells,
    frame_records,
    scores_by_field,
    slides,
    summary,
)
from monitor.store.bits import FrameSet
from monitor.store.encode import decode_boxes, decode_scores
from monitor.store.keys import SLIDES, SlideKeys

INFO = SlideInfo("/slides/a", "images", False, False, False, None, "m-1", 0.5, "0.1")
KEYS = SlideKeys.of("a")


@pytest.fixture
def slide(store):
    """A slide of one field with two cells, one of them flagged."""
    boxes, crops = np.array([[1, 2, 30, 40], [5, 6, 50, 60]], np.int32), (2, 64, 64, 3)
    result = FieldResult(
        *(0, "a.png", 0.0, (99, 99), np.array([0.9, 0.1], np.float32), boxes),
        *(np.full(crops, 9, np.uint8), None, np.zeros((2, 4), np.uint8), 1.0, {}),
    )
    store.begin("a", INFO, "new").commit_field(result)
    return store


def readings(store):
    """Everything that commands read of a slide."""
    yield lambda: summary(store, "a")
    yield lambda: summary(store, "a", 0.3)
    yield lambda: slides(store)
    yield lambda: frame_records(store, "a")
    yield lambda: scores_by_field(store, "a")
    yield lambda: list(field_cells(store, "a"))
    yield lambda: flagged_cells(store, "a", 9)


def read_all(store) -> int:
    refused = 0
    for read in readings(store):
        try:
            read()
        except SmearwatchError as error:
            refused += 1
            assert len(str(error).splitlines()) == 1
    return refused


def test_whole_records_are_read(slide):
    assert read_all(slide) == 0


def spoilt(rng: np.random.Generator, value: bytes) -> bytes:
    kind = rng.integers(4)
    if kind == 0:
        return value[: rng.integers(0, len(value) + 1)]
    if kind == 1:
        return value + rng.bytes(int(rng.integers(1, 9)))
    if kind == 2:
        return rng.bytes(int(rng.integers(0, 40)))
    wrong = bytearray(value or b"0")
    wrong[rng.integers(len(wrong))] = rng.integers(256)
    return bytes(wrong)


def test_spoilt_records_are_told_in_one_line(slide, cases: int):
    hashes = (KEYS.slide, KEYS.fields, KEYS.scores, KEYS.boxes, KEYS.flagged_cells)
    refused = 0
    for seed in range(cases):
        rng = np.random.default_rng(seed)
        key = hashes[rng.integers(len(hashes))]
        stored = slide.client.ask("HGETALL", key)
        field = list(stored)[rng.integers(len(stored))]
        value = spoilt(rng, stored[field])
        slide.client.ask("HSET", key, field, value)
        refused += read_all(slide) > 0
        slide.client.ask("HSET", key, field, stored[field])
    assert refused > cases / 4
    assert read_all(slide) == 0


def test_a_picture_of_another_size_is_not_unpacked(slide):
    record = slide.client.ask("HGET", KEYS.flagged_cells, "0:0")
    at = record.index(b"IHDR") + 4
    huge = record[:at] + b"\0\0\xff\xff\0\0\xff\xff" + record[at + 8 :]
    slide.client.ask("HSET", KEYS.flagged_cells, "0:0", huge)
    with pytest.raises(StoreError, match="none of a crop"):
        flagged_cells(slide, "a", 9)


@pytest.mark.parametrize("listed", ["../b", "b\nc", b"\xff", "", "x" * 65])
def test_an_id_that_is_none_hides_no_slide(slide, listed: str | bytes):
    slide.client.ask("ZADD", SLIDES, 1, listed)
    assert [one.slide for one in slides(slide)] == ["a"]


@pytest.mark.parametrize("length", [1, 3, 5, 9, 17])
def test_logs_that_are_cut_are_not_taken_for_fewer_cells(length: int):
    with pytest.raises(ValueError, match="buffer size"):
        decode_scores(bytes(length))
    with pytest.raises(ValueError, match=r"reshape|buffer size"):
        decode_boxes(bytes(length))


def test_any_bitmap_is_a_set_of_frames():
    for seed in range(50):
        rng = np.random.default_rng(seed)
        bits = FrameSet(rng.bytes(int(rng.integers(0, 64))))
        assert len(list(bits)) == len(bits)
        assert all(number in bits for number in bits)
