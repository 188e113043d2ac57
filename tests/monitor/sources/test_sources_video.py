"""Video files as a source, real ones."""

import cv2
import numpy as np
import pytest

from config import load
from monitor.sources import Frame, SourceError, UnreadableFrame, open_source

COUNT = 20


@pytest.fixture
def settings():
    return load(environ={})


@pytest.fixture
def video(tmp_path):
    """Twenty frames, the k-th of level 10 k, red only."""
    path = tmp_path / "a.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10, (160, 120))
    for number in range(COUNT):
        frame = np.zeros((120, 160, 3), np.uint8)
        frame[..., 2] = number * 10
        writer.write(frame)
    writer.release()
    return path


def levels(frames):
    return [round(float(frame.image[..., 0].mean()) / 10) for frame in frames]


def test_a_video_gives_every_frame_in_order_as_rgb(video, settings):
    source = open_source(str(video), settings)
    assert (source.kind, source.live, source.repeats, source.names) == ("video", False, True, None)
    assert source.total == COUNT
    frames = list(source.frames())
    assert levels(frames) == list(range(COUNT))
    assert [frame.number for frame in frames] == list(range(COUNT))
    assert frames[3].name == "frame 3"
    assert frames[3].image.shape == (120, 160, 3)


def test_done_frames_are_gone_over(video, settings):
    frames = list(open_source(str(video), settings).frames(done=range(17)))
    assert [frame.number for frame in frames] == [17, 18, 19]
    assert levels(frames) == [17, 18, 19]


def test_a_video_can_be_gone_through_twice(video, settings):
    source = open_source(str(video), settings)
    assert levels(source.frames()) == levels(source.frames())


def test_a_video_cut_short_gives_what_it_has_and_says_so(video, settings, caplog):
    data = video.read_bytes()
    video.write_bytes(data[: len(data) // 2])
    source = open_source(str(video), settings)
    frames = list(source.frames())
    assert 0 < len(frames) < COUNT
    assert all(isinstance(frame, Frame) for frame in frames)
    assert f"ended after {len(frames)} frames, its header promises {COUNT}" in caplog.text


def test_stop_ends_a_video(video, settings):
    source = open_source(str(video), settings)
    frames = source.frames()
    next(frames)
    source.stop()
    assert list(frames) == []


@pytest.mark.parametrize("data", [b"", b"no video" * 100])
def test_a_file_that_is_no_video_is_refused(tmp_path, settings, data):
    (tmp_path / "a.mp4").write_bytes(data)
    with pytest.raises(SourceError, match=r"a\.mp4 cannot be decoded"):
        open_source(str(tmp_path / "a.mp4"), settings)


def test_a_broken_frame_in_the_middle_is_named_and_the_rest_follows(video, settings):
    data = bytearray(video.read_bytes())
    starts = [at for at in range(len(data) - 4) if data[at : at + 4] == b"00dc"][:COUNT]
    data[starts[7] + 8 : starts[8]] = bytes(starts[8] - starts[7] - 8)
    video.write_bytes(data)
    frames = list(open_source(str(video), settings).frames())
    (broken,) = [frame for frame in frames if isinstance(frame, UnreadableFrame)]
    assert broken.number in {6, 7}  # the decoder may tell one frame early
    assert [frame.number for frame in frames] == list(range(COUNT))
    assert levels(frames[8:]) == list(range(8, COUNT))


def promise(video, count):
    data = bytearray(video.read_bytes())
    for mark, offset in ((b"avih", 16), (b"strh", 32)):
        at = data.index(mark) + 8 + offset
        data[at : at + 4] = count.to_bytes(4, "little")
    video.write_bytes(data)


@pytest.mark.parametrize("promised", [5, COUNT - 1, COUNT + 1])
def test_a_header_that_is_wrong_hides_no_frame_and_is_set_right(video, settings, promised):
    promise(video, promised)
    source = open_source(str(video), settings)
    assert len(list(source.frames())) == COUNT
    assert source.total == COUNT
    assert source.exhausted


def test_a_header_that_promises_far_more_is_believed(video, settings):
    promise(video, COUNT + 5)
    source = open_source(str(video), settings)
    assert len(list(source.frames())) == COUNT
    assert source.total == COUNT + 5


def test_a_video_that_is_stopped_is_not_exhausted(video, settings):
    source = open_source(str(video), settings)
    frames = source.frames()
    next(frames)
    source.stop()
    assert list(frames) == []
    assert not source.exhausted
