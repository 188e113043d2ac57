"""What a live source tells: once when it begins, once when it is over."""

import threading

import numpy as np
import pytest

from monitor.sources.frame_watch import IN_A_ROW, FrameWatch
from monitor.sources.notices import MOST_KEPT, Notices


@pytest.fixture
def notices():
    return Notices()


@pytest.fixture
def watch(notices):
    return FrameWatch("camera:0", notices)


def picture(level=120, height=48, width=64):
    return np.full((height, width, 3), level, np.uint8)


def told(notices):
    return [(one.kind, one.cleared) for one in notices.take()]


def test_a_thing_is_told_once_and_is_over_once(notices):
    notices.clear("camera_lost", "is back")
    for _ in range(3):
        notices.tell("camera_lost", "is gone")
    for _ in range(2):
        notices.clear("camera_lost", "is back")
    first, second = notices.take()
    assert (first.text, first.cleared) == ("is gone", False)
    assert (second.text, second.cleared) == ("is back", True)
    assert notices.take() == []


def test_refused_settings_are_told_anew_only_when_they_change(notices):
    notices.tell_refused({"gain": "gives 1", "fps": "gives 25"}, "camera:0")
    notices.tell_refused({"gain": "gives 1", "fps": "gives 25"}, "camera:0")
    assert [one.about for one in notices.take()] == ["gain", "fps"]
    notices.tell_refused({"fps": "gives 15"}, "camera:0")
    got = [(one.about, one.cleared, one.text) for one in notices.take()]
    assert got == [("fps", False, "gives 15"), ("gain", True, "camera:0 takes source.gain now")]


def test_what_nobody_takes_is_kept_to_a_limit_newest_first(notices):
    for number in range(MOST_KEPT + 5):
        notices.tell("resolution_changed", f"{number}")
    taken = notices.take()
    assert (len(taken), taken[-1].text) == (MOST_KEPT, f"{MOST_KEPT + 4}")


def test_nothing_told_is_lost_between_threads(notices):
    def tell():
        for number in range(50):
            notices.tell("setting_refused", f"{number}", "gain")

    thread = threading.Thread(target=tell)
    thread.start()
    taken = []
    while thread.is_alive():
        taken += notices.take()
    thread.join()
    taken += notices.take()
    assert [one.text for one in taken] == [f"{number}" for number in range(50)]


def test_another_size_is_told_and_is_over_when_the_first_is_back(watch, notices):
    for size in ((48, 64), (24, 32), (24, 32), (48, 64)):
        watch.look(picture(120, *size))
    first, second = notices.take()
    assert (first.kind, first.cleared) == ("resolution_changed", False)
    assert first.text == "camera:0 sends frames of 32 x 24 pixels; at first they had 64 x 48"
    assert second.cleared


def test_black_frames_are_told_once_they_are_no_chance(watch, notices):
    for _ in range(IN_A_ROW - 1):
        watch.look(picture(0))
    watch.look(picture(200))
    assert told(notices) == []
    for _ in range(3 * IN_A_ROW):
        watch.look(picture(2))
    watch.look(picture(200))
    assert told(notices) == [("black_frames", False), ("black_frames", True)]


def test_garbage_is_told_once_it_is_no_chance(watch, notices):
    for image in [None] * (IN_A_ROW - 1) + [picture()] + [None] * IN_A_ROW + [picture()]:
        watch.look(image)
    assert told(notices) == [("unreadable_frames", False), ("unreadable_frames", True)]
