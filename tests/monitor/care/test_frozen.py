"""A picture that is the same again and again."""

import numpy as np
import pytest

from monitor.care.frozen import Frozen
from monitor.gate.view import look_at


@pytest.fixture
def frozen() -> Frozen:
    return Frozen(3.0)


def told(frozen, views, begin_s=0.0, fps=10.0):
    return [
        (number, condition.raised)
        for number, view in enumerate(views)
        for condition in frozen.look(view, begin_s + number / fps)
    ]


def test_the_same_picture_for_long_is_frozen_and_told_once(walk, frozen) -> None:
    view = look_at(walk.image(0))
    assert told(frozen, [view] * 100) == [(30, True)]


def test_it_is_over_with_the_first_other_picture(walk, frozen) -> None:
    views = [look_at(walk.image(0))] * 40 + [look_at(walk.image(0, 1))] * 5
    assert told(frozen, views) == [(30, True), (40, False)]


def test_a_still_stage_is_not_frozen_for_no_two_exposures_are_alike(walk, frozen) -> None:
    views = [look_at(walk.image(0, exposure)) for exposure in range(4)] * 15
    assert told(frozen, views) == []


def test_two_frames_far_apart_are_not_enough(walk, frozen) -> None:
    assert told(frozen, [look_at(walk.image(0))] * 3, fps=0.1) == []


def test_a_picture_of_one_colour_is_left_out(frozen) -> None:
    assert told(frozen, [look_at(np.full((480, 640, 3), 255, np.uint8))] * 60) == []
