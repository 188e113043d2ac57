"""The virtual microscope as a source of frames."""

import threading
import time
from itertools import islice, pairwise

import numpy as np
import pytest

from config import load
from monitor.sources.protocol import SourceError
from monitor.sources.simulated import SimulatedSource

SMALL = "width=320&height=240"


def opened(query: str) -> SimulatedSource:
    return SimulatedSource.open(f"simulated:?{query}", load(None, {}, {}))


def test_only_its_own_scheme_matches():
    assert SimulatedSource.match("simulated:")
    assert SimulatedSource.match("simulated:?seed=2")
    assert not SimulatedSource.match("simulated")
    assert not SimulatedSource.match("camera:0")


def test_default_is_forty_separate_fields():
    source = SimulatedSource.open("simulated:", load(None, {}, {}))
    assert (source.kind, source.simulated, source.live, source.repeats) == (
        "simulated",
        True,
        False,
        False,
    )
    assert source.total == 40
    assert source.names is not None
    assert source.names[11] == "field 12"
    frame = next(source.frames())
    assert frame.image.shape == (960, 1280, 3)
    assert not frame.image.flags.writeable


def test_fields_come_once_each_under_their_names():
    source = opened(f"fields=5&{SMALL}")
    frames = list(source.frames())
    assert [frame.number for frame in frames] == list(range(5))
    assert [frame.name for frame in frames] == list(source.names)
    assert all(frame.image.shape == (240, 320, 3) for frame in frames)


def test_two_sources_of_one_uri_give_the_same_bytes():
    first, second = (list(opened(f"fields=3&seed=4&{SMALL}").frames()) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.image, other.image)


def test_done_frames_are_passed_over_and_the_others_unchanged():
    source = opened(f"fields=6&{SMALL}")
    every = list(source.frames())
    rest = list(source.frames(done={0, 1, 4}))
    assert [frame.number for frame in rest] == [2, 3, 5]
    assert all(np.array_equal(frame.image, every[frame.number].image) for frame in rest)


def test_no_cell_lies_in_two_fields():
    source = opened("fields=12")
    names = [cell.id for number in range(12) for cell in source.truth(number).cells]
    assert len(names) > 1200
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("motion", ["raster", "walk", "still"])
def test_videos_repeat_cells_and_end_after_frames(motion):
    source = opened(f"motion={motion}&frames=40&{SMALL}")
    assert source.repeats
    assert source.names is None
    assert source.total == 40
    assert [frame.number for frame in source.frames()] == list(range(40))
    positions = {source.truth(number).position for number in range(40)}
    assert len(positions) == 1 if motion == "still" else len(positions) > 10
    first, second = ({cell.id for cell in source.truth(n).cells} for n in (0, 1))
    assert first == second


def test_a_video_without_frames_is_endless():
    source = opened(f"motion=walk&{SMALL}")
    assert source.total is None
    assert len(list(islice(source.frames(), 60))) == 60


def test_the_stage_rests_at_every_stop():
    source = opened(f"motion=raster&frames=100&{SMALL}")
    positions = [source.truth(number).position for number in range(100)]
    resting = [before == after for before, after in pairwise(positions)]
    assert 0.3 < np.mean(resting) < 0.5


def test_truth_of_a_frame_that_is_not_there():
    with pytest.raises(IndexError, match="no frame 40"):
        opened("fields=40").truth(40)


def test_live_frames_come_at_their_rate():
    source = opened(f"motion=still&live=1&fps=40&frames=21&{SMALL}")
    assert source.live
    frames = source.frames()
    next(frames)
    started = time.monotonic()
    rest = list(frames)
    assert [frame.number for frame in rest] == list(range(1, 21))
    assert 0.49 <= time.monotonic() - started < 3


def test_stop_ends_the_wait_for_a_live_frame():
    source = opened(f"motion=still&live=1&fps=0.01&{SMALL}")
    frames = source.frames()
    next(frames)
    left = []
    reader = threading.Thread(target=lambda: left.extend(frames))
    reader.start()
    source.stop()
    reader.join(timeout=10)
    assert not reader.is_alive()
    assert left == []


def test_nothing_comes_after_close():
    source = opened(f"fields=5&{SMALL}")
    frames = source.frames()
    next(frames)
    source.close()
    source.close()
    assert list(frames) == []


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("sed=3", "unknown key 'sed'; did you mean 'seed'"),
        ("paracitemia=0.1", "did you mean 'parasitemia'"),
        ("seed=1&seed=2", "'seed' is given more than once"),
        ("fields", "cannot be read; write simulated:"),
        ("fields=abc", "fields=abc: .*integer"),
        ("fields=0", "fields=0: .*greater than or equal to 1"),
        ("seed=-1", "seed=-1: .*greater than or equal to 0"),
        ("parasitemia=2", "parasitemia=2: .*less than or equal to 1"),
        ("density=nan", "density=nan: .*finite"),
        ("density=500", "density 500 with diameter 70 .* at most 143"),
        ("stain=red", "stain=red: .*'magenta'"),
        ("motion=fly", "motion=fly: .*'raster'"),
        ("live=1", "live=1 needs motion=raster"),
        ("frames=10", "frames needs motion=raster"),
        ("motion=walk&fields=3", "with motion=walk set frames"),
    ],
)
def test_bad_uri_is_refused_in_one_clear_line(query, says):
    with pytest.raises(SourceError, match=says) as refused:
        opened(query)
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith(f"simulated:?{query}: ")
