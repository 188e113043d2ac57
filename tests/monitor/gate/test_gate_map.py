"""Poses, covered area and known cells."""

import msgspec
import numpy as np
import pytest

from monitor.gate.coverage import CLAIMED, SEEN, Coverage
from monitor.gate.known import Known
from monitor.gate.part import Part, Things
from monitor.gate.pose import Pose

SHAPE = (480, 640)
FRAME = (0, 0, *SHAPE)


def test_a_point_comes_back_through_any_pose():
    pose = Pose(0, 120.5, -33.0, 3.0)
    points = np.random.default_rng(1).uniform(-500, 500, (20, 2))
    assert pose.to_frame(pose.to_slide(points)) == pytest.approx(points)


def test_one_frame_on_two_parts_tells_how_they_lie():
    here, there = Pose(1, 40, 50, 1.0), Pose(0, 300, -20, 3.5)
    onto = there.against(here)
    points = np.array([[0.0, 0.0], [100.0, 7.0]])
    assert onto.to_slide(here.to_slide(points)) == pytest.approx(there.to_slide(points))
    assert here.through(onto).to_slide(points) == pytest.approx(there.to_slide(points))


@pytest.mark.parametrize("rotation", [0.0, 2.5])
@pytest.mark.parametrize("square_px", [2.5, 5.3])
def test_what_was_counted_is_not_new_and_all_else_is(rotation, square_px):
    coverage, pose = Coverage(square_px), Pose(0, -777.7, 31.4, rotation)
    assert coverage.new_share(pose, FRAME) == 1
    coverage.add(pose, FRAME, SEEN)
    assert coverage.new_share(pose, FRAME) == 0
    moved = Pose(0, *pose.to_slide(np.array([[0.0, 64.0]]))[0], rotation)
    assert coverage.new_share(moved, FRAME) == pytest.approx(0.1, abs=0.01)


def test_area_that_another_view_shows_is_not_new():
    coverage = Coverage(2.5)
    beside = Pose(0, 0, 320)
    assert coverage.new_share(Pose(0, 0, 0), FRAME, (beside, FRAME)) == pytest.approx(0.5, abs=0.01)
    assert coverage.new_share(Pose(0, 0, 0), FRAME, (Pose(1, 0, 0), FRAME)) == 1


def test_points_tell_what_is_known_of_them():
    coverage = Coverage(2.5)
    coverage.add(Pose(0, 1000, -1000), (10, 10, 200, 300), CLAIMED)
    points = np.array([[1100.0, -900.0], [1005.0, -900.0], [0.0, 0.0]])
    assert coverage.at(points).tolist() == [CLAIMED, 0, 0]


def test_a_cell_near_a_known_one_is_known_across_bins():
    known = Known(75)
    known.add(np.array([[74.0, 74.0]]))
    found = known.has(np.array([[76.0, 76.0], [74.0, 120.0]]), 20)
    assert found.tolist() == [True, False]


def test_cells_on_a_seam_count_once_and_cells_beyond_it_too():
    part = Part(SHAPE, 75, 40)
    part.take(1, Pose(0, 0, 0), SHAPE)
    ends = np.array([[100.0, 100.0], [100.0, 635.0], [300.0, 400.0]])
    assert part.settle(1, Things(ends, 40)).all()
    part.take(2, Pose(0, 3, 500), SHAPE)
    # Through a view that is off by three pixels: one known, one missed on the seam, new ones.
    again = np.array([[100.0, 138.0], [300.0, 138.0], [100.0, 300.0], [470.0, 630.0]])
    assert part.settle(2, Things(again, 40)).tolist() == [False, True, True, True]


def test_what_looks_otherwise_in_claimed_area_is_not_new():
    part = Part(SHAPE, 75, 40)
    part.take(1, Pose(0, 0, 0), SHAPE)
    part.settle(1, Things(np.array([[240.0, 320.0]]), 40))
    part.take(2, Pose(0, 0, 20), SHAPE)
    split = np.array([[215.0, 280.0], [240.0, 300.0]])
    assert not part.settle(2, Things(split, 40)).any()


def test_the_area_of_a_field_that_was_not_counted_is_new_again():
    part = Part(SHAPE, 75, 40)
    part.take(1, Pose(0, 0, 0), SHAPE)
    part.take(2, Pose(0, 0, 600), SHAPE)
    part.forget(1)
    assert part.new_share(Pose(0, 0, 0), SHAPE) > 0.9
    assert part.new_share(Pose(0, 0, 600), SHAPE) == 0


def test_a_view_edge_to_edge_with_a_counted_one_leaves_a_strip_to_be_seen():
    part = Part(SHAPE, 75, 40)
    part.take(1, Pose(0, 0, 0), SHAPE)
    part.take(2, Pose(0, 0, 640), SHAPE)
    assert part.new_share(Pose(0, 0, 600), SHAPE) == pytest.approx(16 / 624, abs=0.01)


def test_a_part_moves_onto_another_with_its_cells():
    first, second = Part(SHAPE, 75, 40), Part(SHAPE, 75, 40)
    second.take(5, Pose(1, 0, 0), SHAPE)
    second.settle(5, Things(np.array([[240.0, 320.0]]), 40))
    second.move_to(first, Pose(0, 1000, 0))
    assert first.new_share(Pose(0, 1000, 0), SHAPE) == 0
    first.take(6, Pose(0, 1000, 3), SHAPE)
    assert not first.settle(6, Things(np.array([[240.0, 317.0]]), 40)).any()


def test_a_pose_is_kept_in_plain_numbers():
    place = Pose(0, np.float64(1.26), np.float64(-2), 0.5).place
    assert msgspec.json.decode(msgspec.json.encode(place)) == {
        "part": 0,
        "row": 1.3,
        "column": -2.0,
        "rotation": 0.5,
    }
