"""Image files and folders as a source."""

import os

import cv2
import numpy as np
import pytest
import tifffile

from config import load
from monitor.sources import Frame, SourceError, UnreadableFrame, open_source


@pytest.fixture
def settings():
    return load(environ={})


def picture(level):
    return np.full((40, 50, 3), level, np.uint8)


def fill(folder, *names):
    for level, name in enumerate(names):
        assert cv2.imwrite(str(folder / name), picture(level))


def test_a_folder_gives_its_pictures_in_natural_order(tmp_path, settings):
    fill(tmp_path, "f10.png", "f2.png", "F1.PNG", "f3.bmp", "f.png")
    source = open_source(str(tmp_path), settings)
    assert source.names == ["f.png", "F1.PNG", "f2.png", "f3.bmp", "f10.png"]
    assert (source.kind, source.live, source.repeats, source.total) == ("images", False, False, 5)
    frames = list(source.frames())
    assert [(frame.number, frame.name) for frame in frames] == list(enumerate(source.names))
    assert [int(frame.image[0, 0, 0]) for frame in frames] == [4, 2, 1, 3, 0]


def test_one_picture_is_a_source_of_one_frame(tmp_path, settings):
    fill(tmp_path, "a.png", "b.png")
    frames = list(open_source(str(tmp_path / "b.png"), settings).frames())
    assert [frame.name for frame in frames] == ["b.png"]


def test_other_files_hidden_files_and_subfolders_are_passed_over(tmp_path, settings):
    fill(tmp_path, "a.png", "._b.png")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "c.png").mkdir()
    fill(tmp_path / "c.png", "deep.png")
    assert open_source(str(tmp_path), settings).names == ["a.png"]


def test_odd_characters_in_names_do_no_harm(tmp_path, settings):
    folder = tmp_path / "été #1 [50%] 血 'x'"
    folder.mkdir()
    fill(folder, "a b#2.png")
    tifffile.imwrite(folder / "p%20[1].tif", np.zeros((2, 40, 40), np.uint8))
    source = open_source(str(folder), settings)
    assert source.names == ["a b#2.png", "p%20[1].tif#1", "p%20[1].tif#2"]
    assert all(isinstance(frame, Frame) for frame in source.frames())


def test_a_name_that_is_no_text_is_shown_with_its_bytes(tmp_path, settings):
    fill(tmp_path, "a.png")
    (tmp_path / "a.png").rename(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png"))
    source = open_source(str(tmp_path), settings)
    assert source.names == ["caf\\xe9.png"]
    assert all(isinstance(frame, Frame) for frame in source.frames())


def test_it_is_exhausted_at_its_end_and_not_where_it_is_stopped_before(tmp_path, settings):
    fill(tmp_path, "a.png", "b.png")
    source = open_source(str(tmp_path), settings)
    frames = source.frames()
    next(frames)
    assert not source.exhausted
    source.stop()
    assert list(frames) == []
    assert not source.exhausted
    whole = open_source(str(tmp_path), settings)
    assert len(list(whole.frames())) == 2
    assert whole.exhausted


def test_pages_and_files_are_numbered_through_and_done_ones_passed_over(tmp_path, settings):
    fill(tmp_path, "a.png", "z.png")
    tifffile.imwrite(tmp_path / "m.tif", np.zeros((3, 40, 40), np.uint8), photometric="minisblack")
    frames = list(open_source(str(tmp_path), settings).frames(done={0, 2}))
    assert [(f.number, f.name) for f in frames] == [(1, "m.tif#1"), (3, "m.tif#3"), (4, "z.png")]


def test_done_files_are_not_read(tmp_path, settings):
    fill(tmp_path, "a.png", "b.png")
    source = open_source(str(tmp_path), settings)
    (tmp_path / "a.png").unlink()
    assert [type(frame) for frame in source.frames(done={0})] == [Frame]


def test_an_unreadable_file_is_a_frame_and_the_rest_follows(tmp_path, settings):
    fill(tmp_path, "a.png", "c.png")
    (tmp_path / "b.jpg").write_bytes(b"")
    (tmp_path / "b2.jpg").symlink_to(tmp_path / "gone.jpg")
    frames = list(open_source(str(tmp_path), settings).frames())
    kinds = [type(frame) for frame in frames]
    assert kinds == [Frame, UnreadableFrame, UnreadableFrame, Frame]
    assert frames[1] == UnreadableFrame(1, "b.jpg", "is empty: the file has no bytes")


def test_stop_ends_the_frames(tmp_path, settings):
    fill(tmp_path, "a.png", "b.png", "c.png")
    source = open_source(str(tmp_path), settings)
    frames = source.frames()
    next(frames)
    source.stop()
    assert list(frames) == []
    source.close()
    source.close()


def test_a_folder_without_pictures_is_refused(tmp_path, settings):
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(SourceError, match=r"holds no image; looked for \.jpg"):
        open_source(str(tmp_path), settings)
