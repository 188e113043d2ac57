"""Any frame gives a clear result or a clear error, and the same one every time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from segmenter import cut_crops

SIDES = st.integers(1, 70)
FRAMES = st.tuples(SIDES, SIDES, st.just(3)).flatmap(
    lambda shape: arrays.arrays(np.uint8, shape, fill=st.integers(0, 255))
)


@st.composite
def spotted_frames(draw):
    """Frames with rectangles of any colour: more of a picture than single odd pixels."""
    height, width = draw(SIDES), draw(SIDES)
    colours = st.tuples(*[st.integers(0, 255)] * 3)
    frame = np.full((height, width, 3), draw(colours), np.uint8)
    for _ in range(draw(st.integers(0, 6))):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        tall, wide = draw(st.integers(1, 40)), draw(st.integers(1, 40))
        frame[top : top + tall, left : left + wide] = draw(colours)
    return frame


def assert_consistent(frame, found):
    cells, apart = found.cells, found.apart
    count = len(cells)
    assert found.labels.dtype == np.int32
    numbers = np.arange(1, count + len(apart) + 1)
    assert np.array_equal(np.unique(found.labels[found.labels > 0]), numbers)
    assert all(len(getattr(apart, part.name)) == len(apart) for part in fields(apart))
    assert ((apart.kinds == "clump") == (apart.estimated_cells >= 2)).all()
    assert sum(found.not_cells.values()) == len(apart)
    assert all(len(getattr(cells, part.name)) == count for part in fields(cells))
    assert (cells.boxes[:, :2] >= 0).all()
    assert (cells.boxes[:, 2:] <= frame.shape[:2]).all()
    assert (cells.boxes[:, :2] < cells.boxes[:, 2:]).all()
    assert (cells.areas > 0).all()
    for shares in (cells.eccentricities, cells.solidities):
        assert ((shares >= 0) & (shares <= 1)).all()
    assert np.isfinite(cells.centroids).all()
    assert ((found.background > 0) & (found.background <= 255)).all()
    quality = found.quality
    assert quality.focus_score >= 0
    assert 0 <= quality.saturated_share <= 1
    assert 0 <= quality.covered_share <= 1
    assert all(number > 0 for number in found.not_cells.values())


@given(frame=FRAMES | spotted_frames())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_arbitrary_frames_never_break_what_must_hold(find, frame):
    found = find(frame)
    assert_consistent(frame, found)
    assert cut_crops(frame, found).shape == (len(found.cells), 64, 64, 3)


@pytest.mark.parametrize("shape", [(1, 1), (1, 2000), (2000, 1), (2, 3), (3, 700)])
@pytest.mark.parametrize("fill", ["black", "white", "noise"])
def test_thin_and_tiny_frames(find, shape, fill):
    frame = np.full((*shape, 3), 255 if fill == "white" else 0, np.uint8)
    if fill == "noise":
        frame = np.random.default_rng(0).integers(0, 256, frame.shape, dtype=np.uint8)
    assert_consistent(frame, find(frame))


@pytest.mark.parametrize("channel_of", [0, 1, 2])
def test_one_cell_that_fills_the_frame_is_a_result(find, channel_of):
    frame = np.zeros((300, 300, 3), np.uint8)
    frame[..., channel_of] = 180
    assert_consistent(frame, find(frame))


def test_a_frame_that_is_part_of_another_is_segmented_alike(new_field, find):
    whole = new_field(500, 700).grid(54).frame()
    part = whole[10:490:1, 20:680]
    assert not part.flags["C_CONTIGUOUS"]
    apart = find(np.ascontiguousarray(part))
    np.testing.assert_array_equal(find(part).labels, apart.labels)


@pytest.mark.parametrize(
    ("frame", "named"),
    [
        (np.zeros((48, 64), np.uint8), r"uint8 \(48, 64\)"),
        (np.zeros((48, 64, 4), np.uint8), r"uint8 \(48, 64, 4\)"),
        (np.zeros((48, 64, 3), np.uint16), r"uint16 \(48, 64, 3\)"),
        (np.full((48, 64, 3), np.nan), r"float64 \(48, 64, 3\)"),
        (np.zeros((0, 64, 3), np.uint8), r"uint8 \(0, 64, 3\)"),
    ],
)
def test_a_wrong_frame_is_refused_naming_what_came_and_what_must_come(find, frame, named):
    with pytest.raises(ValueError, match=named + r".*must be uint8 \(h, w, 3\)"):
        find(frame)


def test_threads_and_repeats_give_the_same(new_field, find):
    frame = new_field().grid(40, spacing=1.05, pallor=0.6).frame()
    before = frame.copy()
    alone = find(frame)
    with ThreadPoolExecutor(4) as pool:
        others = list(pool.map(find, [frame] * 12))
    np.testing.assert_array_equal(frame, before)
    for other in others:
        np.testing.assert_array_equal(other.labels, alone.labels)
        for part in fields(alone.cells):
            ours, theirs = getattr(alone.cells, part.name), getattr(other.cells, part.name)
            np.testing.assert_array_equal(ours, theirs)
        assert other.quality == alone.quality
        np.testing.assert_array_equal(cut_crops(frame, other), cut_crops(frame, alone))
