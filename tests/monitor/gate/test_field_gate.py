"""The gate as a whole: which frames it gives, and which cells it lets count."""

import threading

import cv2
import numpy as np
import pytest

from monitor.gate import track
from monitor.gate.gate import FieldGate
from monitor.gate.mosaic import HIGHEST, Mosaic, as_jpeg
from monitor.gate.pose import Pose
from monitor.gate.view import look_at
from monitor.sieve import sieve
from monitor.sources import Frame
from segmenter import segment

DIAMETER = 44.0


class Microscope:
    """Shows frames to a gate and counts what it gives, as capture does."""

    def __init__(self, shoot, settings, live=False):
        self.gate = FieldGate(settings.gate, 75, live, usual_px=lambda _: DIAMETER)
        self.settings = settings
        self.shoot = shoot
        self.number = 0
        self.cells = 0
        self.fields = []
        self.reasons = []

    def show(self, image, times=1):
        for _ in range(times):
            frame = Frame(self.number, f"frame {self.number}", image, self.number / 30)
            self.number += 1
            seen = self.gate.look(frame)
            self.reasons += [reason for _, reason in seen.gated]
            self.count(seen.field)
        return seen

    def rest(self, row, column, times=8, **how):
        for _ in range(times):
            seen = self.show(self.shoot(row, column, **how))
        return seen

    def pan(self, start, end, steps):
        for share in np.linspace(0, 1, steps):
            row, column = np.asarray(start) + share * (np.asarray(end) - start)
            self.show(self.shoot(row, column))

    def count(self, field):
        if field is None:
            return
        frame, _ = field
        found = segment(frame.image, self.settings.segmenter, self.settings.quality, None, DIAMETER)
        if found.quality.verdict != "good":
            self.gate.refuse(frame.number)
            return
        new, _ = sieve(self.gate, frame.number, found)
        self.cells += int(new.sum())
        self.fields.append(frame.number)

    def end(self):
        self.count(self.gate.flush())
        return self.cells


@pytest.fixture
def scope(shoot, settings):
    return Microscope(shoot, settings)


def still_count(shoot, settings, row, column):
    image = shoot(row, column)
    return len(segment(image, settings.segmenter, settings.quality, None, DIAMETER).cells)


def test_a_still_stage_adds_nothing_after_its_first_sharp_frame(scope, shoot, settings):
    scope.rest(0, 0, times=60)
    assert len(scope.fields) == 1
    assert scope.cells == still_count(shoot, settings, 0, 0)


def test_the_sharpest_frame_of_a_resting_place_is_taken(scope):
    for blur in (1.5, 1.5, 0, 1.5, 1.5, 1.5, 1.5):
        scope.show(scope.shoot(0, 0, blur=blur))
    assert scope.fields == [2]


def test_a_moving_stage_adds_only_area_not_seen_before(scope, shoot, settings):
    scope.rest(0, 0)
    scope.pan((0, 0), (0, 640), 40)
    scope.rest(0, 640)
    once = scope.cells
    alone = still_count(shoot, settings, 0, 0) + still_count(shoot, settings, 0, 640)
    assert once == pytest.approx(alone, rel=0.06)
    scope.pan((0, 640), (0, 0), 40)
    scope.rest(0, 0)
    scope.pan((0, 0), (0, 640), 40)
    assert scope.end() == once
    assert not scope.gate.may_repeat


def test_each_frame_has_one_outcome(scope):
    scope.rest(0, 0)
    scope.pan((0, 0), (300, 500), 30)
    scope.rest(5000, 5000)
    scope.rest(300, 500)
    scope.end()
    assert len(scope.reasons) + len(scope.fields) == scope.number


def test_a_return_after_a_jump_is_recognised_turned_and_brighter(scope):
    scope.rest(0, 0)
    scope.pan((0, 0), (0, 400), 25)
    scope.rest(0, 400)
    once = scope.cells
    scope.rest(9000, 9000)
    jumped = scope.cells
    assert jumped > once
    seen = scope.rest(10, 200, turn=3.0, gain=1.15)
    assert scope.cells - jumped <= 0.05 * once
    assert seen.sighting.pose.part == 0
    assert abs(seen.sighting.pose.rotation) == pytest.approx(3, abs=0.5)
    middle = seen.sighting.pose.centre((480, 640))
    assert middle == pytest.approx([10 + 240, 200 + 320], abs=4)


def test_a_place_not_known_opens_a_part_and_may_contain_repeats(scope):
    scope.rest(0, 0)
    assert not scope.gate.may_repeat
    scope.rest(7000, -7000)
    assert scope.gate.may_repeat
    assert scope.gate.last_part == 1


def test_parts_that_meet_become_one_and_their_cells_count_once(scope):
    scope.rest(0, 0)
    scope.rest(0, 1000)
    both = scope.cells
    scope.pan((0, 1000), (0, 300), 45)
    scope.rest(0, 300)
    seen = scope.rest(0, 300)
    assert seen.sighting.pose.part == 0
    between = scope.cells
    scope.pan((0, 300), (0, 1000), 45)
    scope.rest(0, 1000)
    assert scope.end() == pytest.approx(between, abs=1)
    assert between > both
    assert len(scope.gate.map_picture().layout.tiles) == 1


def test_a_blurred_place_is_counted_once_it_is_sharp(scope):
    scope.rest(0, 0, blur=6)
    assert scope.cells == 0
    scope.rest(0, 0)
    assert len(scope.fields) == 1


def test_a_field_for_which_there_was_no_time_is_seen_again(scope):
    counted = scope.count
    scope.count = lambda field: field and scope.gate.leave(field[0].number)
    scope.rest(0, 0)
    assert scope.fields == []
    scope.count = counted
    scope.rest(0, 0)
    assert len(scope.fields) == 1


def test_separate_places_one_frame_each_all_count(scope):
    for number in range(6):
        scope.show(scope.shoot(0, 3000 * number))
    scope.end()
    assert len(scope.fields) == 6


def test_a_place_too_poor_to_count_makes_no_repeats(scope):
    scope.rest(0, 0, blur=6)
    scope.rest(7000, -7000)
    scope.end()
    assert len(scope.fields) == 1
    assert scope.gate.last_part == 1
    assert not scope.gate.may_repeat


def test_frames_that_reduce_to_the_same_size_are_told_apart(scope):
    """1280x960 and 640x480 both reduce to 213x160: a place seen at one is none of the other."""
    large = cv2.resize(scope.shoot(0, 0), (1280, 960), interpolation=cv2.INTER_CUBIC)
    assert look_at(large).flat.shape == look_at(scope.shoot(0, 0)).flat.shape
    scope.show(large, 8)
    scope.rest(0, 0)
    seen = scope.rest(0, 640)
    assert seen.sighting.pose.part != 0
    assert scope.gate.last_part >= 1


def test_empty_frames_cost_no_search(scope, monkeypatch):
    scope.rest(0, 0)
    scope.pan((0, 0), (0, 640), 20)
    searched = []
    monkeypatch.setattr(track, "find", lambda *given: searched.append(given))
    before = len(scope.reasons) + len(scope.fields)
    scope.show(np.full((480, 640, 3), 230, np.uint8), 15)
    assert searched == []
    monkeypatch.undo()
    scope.rest(0, 640)
    scope.end()
    assert scope.reasons.count("lost") == 15
    assert len(scope.reasons) + len(scope.fields) == scope.number > before
    assert scope.gate.last_part == 0


def test_a_field_without_cells_breaks_nothing(scope):
    counted = scope.count
    blank = np.full((480, 640, 3), 230, np.uint8)

    def settle_empty(field):
        if field is not None:
            nothing = segment(blank, scope.settings.segmenter, scope.settings.quality)
            assert not sieve(scope.gate, field[0].number, nothing)[0].size

    scope.count = settle_empty
    scope.rest(0, 0)
    scope.count = counted
    scope.pan((0, 0), (0, 640), 20)
    scope.rest(0, 640)
    assert scope.end() > 0


def test_a_map_of_many_parts_is_drawn_smaller(scope):
    mosaic = Mosaic()
    view = look_at(scope.shoot(0, 0))
    many = 900  # 96 pixels each would be more than a JPEG file holds
    for part in range(many):
        mosaic.add(Pose(part, 0.0, 0.0), view)
    colours, tiles = mosaic.laid_out()
    assert len(colours) <= HIGHEST
    assert len(tiles) == many
    assert tiles[-1].top + tiles[-1].height == len(colours)
    assert as_jpeg(colours)[:2] == b"\xff\xd8"


def test_frames_of_another_size_and_empty_ones_break_nothing(scope):
    scope.rest(0, 0)
    scope.show(np.full((480, 640, 3), 230, np.uint8), 8)
    scope.show(np.zeros((480, 640, 3), np.uint8), 8)
    scope.show(scope.shoot(0, 0)[:200, :300], 8)
    scope.rest(0, 0)
    scope.end()
    refused = scope.number - len(scope.reasons) - len(scope.fields)
    # Of the blank, the black and the cut frames, those judged by the segmenter were refused.
    assert 0 <= refused <= 2


def test_a_field_is_waited_for_until_it_is_decided(scope):
    scope.count = lambda field: None
    scope.rest(0, 0)
    assert not scope.gate.decided(0)
    waited = threading.Thread(target=scope.gate.decided, args=(30,))
    waited.start()
    scope.gate.leave(next(iter(scope.gate._taken)))
    waited.join(10)
    assert not waited.is_alive()
