"""A watched folder: files taken once, when complete."""

import threading
import time

import cv2
import numpy as np
import pytest
import tifffile

from config import load
from monitor.sources import SourceError, UnreadableFrame, open_source
from monitor.sources.settling import SettlingFiles

SETTLE_S = 0.15


def watch(folder, idle_s=0.5):
    overrides = {"source.watch_settle_s": SETTLE_S, "source.watch_idle_s": idle_s}
    return open_source(f"watch:{folder}", load(environ={}, overrides=overrides))


def png(level=9):
    return cv2.imencode(".png", np.full((40, 50, 3), level, np.uint8))[1].tobytes()


def put(folder, *names):
    for name in names:
        (folder / name).write_bytes(png())


def named(frames):
    return [(frame.number, frame.name) for frame in frames]


def test_files_that_are_there_are_given_in_natural_order_and_then_it_ends(tmp_path):
    put(tmp_path, "f10.png", "f2.png", "notes.txt")
    source = watch(tmp_path)
    assert (source.kind, source.live, source.names, source.total) == ("watch", False, None, None)
    assert named(source.frames()) == [(0, "f2.png"), (1, "f10.png")]


def test_it_is_exhausted_only_while_no_file_waits(tmp_path):
    put(tmp_path, "a.png", "b.png")
    source = watch(tmp_path)
    frames = source.frames()
    assert next(frames).name == "a.png"
    assert not source.exhausted
    assert next(frames).name == "b.png"
    assert list(frames) == []
    assert source.exhausted


def test_files_that_come_later_are_given_once_each(tmp_path):
    put(tmp_path, "b.png")
    frames = watch(tmp_path).frames()
    assert next(frames).name == "b.png"
    put(tmp_path, "a.png", "c.png")
    assert named(frames) == [(1, "a.png"), (2, "c.png")]


def test_a_growing_file_is_taken_only_when_complete(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (60, 60, 3), dtype=np.uint8)
    data = cv2.imencode(".png", noise)[1].tobytes()
    path = tmp_path / "a.png"
    finished = threading.Event()

    def grow():
        with path.open("wb", buffering=0) as file:
            for start in range(0, len(data), len(data) // 12 + 1):
                file.write(data[start : start + len(data) // 12 + 1])
                time.sleep(SETTLE_S / 3)
        finished.set()

    path.touch()
    writer = threading.Thread(target=grow)
    writer.start()
    frame = next(watch(tmp_path, idle_s=5).frames())
    assert finished.is_set()
    writer.join()
    assert np.array_equal(frame.image, noise[..., ::-1])


def test_an_unreadable_file_is_named_and_the_rest_follows(tmp_path):
    put(tmp_path, "b.png")
    (tmp_path / "a.png").write_bytes(png()[:-20])
    first, second = watch(tmp_path).frames()
    assert (first.number, first.name) == (0, "b.png")
    assert isinstance(second, UnreadableFrame)
    assert (second.number, second.name) == (1, "a.png")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif"])
def test_a_writer_that_pauses_for_longer_than_files_settle_loses_nothing(tmp_path, suffix, caplog):
    caplog.set_level("INFO")
    path = tmp_path / f"a{suffix}"
    noise = np.random.default_rng(0).integers(0, 255, (60, 60, 3), dtype=np.uint8)
    data = cv2.imencode(suffix, noise)[1].tobytes()
    path.write_bytes(data[: len(data) // 2])

    def write_the_rest():
        while "waiting for the rest" not in caplog.text:
            time.sleep(0.01)
        path.write_bytes(data)

    writer = threading.Thread(target=write_the_rest)
    writer.start()
    (frame,) = watch(tmp_path).frames()
    writer.join()
    assert (frame.number, frame.image.shape) == (0, (60, 60, 3))


def test_half_written_names_are_left_until_they_are_renamed(tmp_path):
    put(tmp_path, "~a.png", "a.part.png", "a.png.tmp", ".a.png", "A.TMP.PNG", "part.png")
    frames = watch(tmp_path).frames()
    assert next(frames).name == "part.png"
    (tmp_path / "a.png.tmp").rename(tmp_path / "a.png")
    assert named(frames) == [(1, "a.png")]


def test_pages_added_to_a_stack_are_given_and_the_old_ones_not_again(tmp_path):
    path = tmp_path / "s.tif"
    tifffile.imwrite(path, np.zeros((40, 40), np.uint8))
    frames = watch(tmp_path).frames()
    assert next(frames).name == "s.tif"
    tifffile.imwrite(path, np.ones((40, 40), np.uint8), append=True)
    assert named(frames) == [(1, "s.tif#2")]


def test_a_resumed_watch_leaves_out_what_was_given_before(tmp_path):
    put(tmp_path, "a.png", "b.png", "c.png")
    tifffile.imwrite(tmp_path / "m.tif", np.zeros((2, 40, 40), np.uint8))
    source = watch(tmp_path)
    source.already_taken(["b.png", "a.png", "m.tif#1"])
    assert named(source.frames(done={0, 1, 2})) == [(3, "c.png"), (4, "m.tif#2")]


def test_stop_ends_the_wait_at_once(tmp_path):
    source = watch(tmp_path, idle_s=None)
    thread = threading.Thread(target=list, args=(source.frames(),))
    thread.start()
    source.stop()
    thread.join(2)
    assert not thread.is_alive()


def test_a_folder_that_goes_away_is_waited_for(tmp_path, caplog):
    folder = tmp_path / "share"
    folder.mkdir()
    put(folder, "a.png")
    source = watch(folder, idle_s=2 * SETTLE_S)
    frames = source.frames()
    assert next(frames).name == "a.png"
    folder.rename(tmp_path / "away")

    def bring_back():
        while "looking again" not in caplog.text:
            time.sleep(0.01)
        time.sleep(6 * SETTLE_S)  # far longer than the idle time, which stands still meanwhile
        assert not source.exhausted
        put(tmp_path / "away", "b.png")
        (tmp_path / "away").rename(folder)

    helper = threading.Thread(target=bring_back)
    helper.start()
    assert next(frames).name == "b.png"
    helper.join()
    assert caplog.text.count("looking again") == 1
    told = [(notice.kind, notice.cleared) for notice in source.take_notices()]
    assert told == [("folder_lost", False), ("folder_lost", True)]


def test_a_picture_written_anew_under_its_name_is_left_out_and_told(tmp_path):
    put(tmp_path, "live.png")
    source = watch(tmp_path, idle_s=30)
    frames = source.frames()
    assert next(frames).name == "live.png"
    (tmp_path / "live.png").write_bytes(png(level=77) + b"longer")
    put(tmp_path, "z.png")
    assert next(frames).name == "z.png"
    source.stop()
    (told,) = source.take_notices()
    assert (told.kind, told.about) == ("written_anew", "live.png")
    assert "a name of its own" in told.text


@pytest.mark.parametrize("name", ["gone", "file.png"])
def test_what_is_no_folder_is_refused(tmp_path, name):
    put(tmp_path, "file.png")
    with pytest.raises(SourceError, match=r"does not exist|takes a folder"):
        watch(tmp_path / name)


def test_a_file_is_ready_once_and_again_after_a_change(tmp_path):
    path = tmp_path / "a"
    path.write_text("1")
    files = SettlingFiles(settle_s=10)
    assert files.look([path], now_s=0) == []
    assert files.look([path], now_s=9.9) == []
    assert files.look([path], now_s=10) == [path]
    assert files.look([path], now_s=30) == []
    assert files.quiet_s(now_s=30) == 20
    path.write_text("22")
    assert not files.unchanged(path)
    assert files.look([path], now_s=31) == []
    assert files.look([path], now_s=41) == [path]


def test_a_file_that_is_not_whole_is_ready_again_after_a_longer_while_or_a_change(tmp_path):
    path = tmp_path / "a"
    path.write_text("1")
    files = SettlingFiles(settle_s=1)
    files.look([path], now_s=0)
    assert files.look([path], now_s=1) == [path]
    assert files.put_back(path)
    assert files.waiting == 1
    assert files.look([path], now_s=9) == []
    assert files.look([path], now_s=10) == [path]
    assert not files.put_back(path)
    path.write_text("22")
    assert files.look([path], now_s=11) == []
    assert files.look([path], now_s=12) == [path]
    assert files.put_back(path)
