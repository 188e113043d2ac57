"""Everything that is watched, over walks with one fault each and with none."""

import time

import cv2
import numpy as np
import pytest

from config import load


def lamp(image, stop):
    return (image * (1 - 0.3 * min(stop, 30) / 30)).astype(np.uint8)


def lens(image, stop):
    return cv2.GaussianBlur(image, (0, 0), 0.1 + 5 * min(stop, 40) / 40)


def kinds(told):
    return [(condition.kind, condition.raised) for condition in told]


def test_nothing_is_told_of_a_walk_without_a_fault(walk, watched) -> None:
    assert watched.look(walk.views(range(64))) == []
    assert watched.standing.of((480, 640)) is None


def test_vignetting_and_slanted_light_are_no_dirt(walk, watched) -> None:
    rows, columns = np.mgrid[-1:1:480j, -1:1:640j]
    light = (1 - 0.1 * (rows**2 + columns**2) - 0.05 * columns)[..., None]
    told = watched.look(walk.views(range(40), lambda image, _: (image * light).astype(np.uint8)))
    assert told == []


def test_focus_that_drifts_is_told_and_over_once_it_is_back(walk, watched) -> None:
    assert kinds(watched.look(walk.views(range(56), lens))) == [("focus_drift", True)]
    assert kinds(watched.look(walk.views(range(24)))) == [("focus_drift", False)]


def test_a_lamp_that_drifts_is_told_and_over_once_it_is_back(walk, watched) -> None:
    told = watched.look(walk.views(range(40), lamp))
    assert kinds(told) == [("lamp_drift", True)]
    assert "darker" in told[0].text
    assert kinds(watched.look(walk.views(range(24)))) == [("lamp_drift", False)]


def test_a_lamp_that_changes_its_colour_only_is_told_with_the_channel(walk, watched) -> None:
    yellow = np.array([1.0, 1.0, 0.8])
    watched.look(walk.views(range(16)))
    told = watched.look(walk.views(range(16, 40), lambda image, _: (image * yellow).astype("u1")))
    assert kinds(told) == [("lamp_drift", True)]
    assert "darker in blue" in told[0].text


def test_frames_of_another_size_are_taken_as_they_come(walk, watched, dusty) -> None:
    def small(image, stop):
        return np.ascontiguousarray(dusty(image, stop)[::2, ::2])

    assert kinds(watched.look(walk.views(range(32), dusty))) == [("dirt", True)]
    told = watched.look(walk.views(range(32, 64), small))
    assert kinds(told) == [("dirt", False), ("dirt", True)]
    assert watched.standing.of((480, 640)) is None
    mask = watched.standing.of((240, 320))
    assert mask is not None
    assert mask[75, 200]


def test_what_is_null_is_not_watched() -> None:
    off = {f"care.{key}": None for key in ("frozen_s", "dirt_depth", "focus_loss", "lamp_change")}
    assert set(load(None, off, {}).care.model_dump().values()) == {None}


@pytest.mark.parametrize(("key", "value"), [("dirt_depth", 0.0), ("focus_loss", 1.0)])
def test_bounds_are_kept(key, value) -> None:
    with pytest.raises(Exception, match=f"care.{key}"):
        load(None, {f"care.{key}": value}, {})


def test_looking_costs_little(walk, watched) -> None:
    views = [view for view in walk.views(range(32)) for _ in range(8)]
    began = time.process_time()
    watched.look(iter(views))
    # 0.3 ms on one core when nothing else runs; the limit leaves room for a busy machine.
    assert (time.process_time() - began) / len(views) < 2e-3
