"""Dirt that stays in place while the stage moves over a simulated smear."""

import cv2
import numpy as np
import pytest

from monitor.care.dirt import Dirt
from monitor.gate.pose import Pose
from monitor.gate.view import look_at

WHERE = (150 // 3, 400 // 3)


def looked(dirt, views):
    return [condition for view, pose in views for condition in dirt.look(view, pose)]


@pytest.fixture
def dirt() -> Dirt:
    return Dirt(0.06)


def test_dust_is_found_and_masked_and_little_else(walk, dirt, dusty) -> None:
    told = looked(dirt, walk.views(range(32), dusty))
    assert [condition.raised for condition in told] == [True]
    assert "% of the view" in told[0].text
    assert dirt.mask is not None
    assert dirt.mask[WHERE]
    rows, columns = np.nonzero(dirt.mask)
    assert max(np.abs(rows - WHERE[0]).max(), np.abs(columns - WHERE[1]).max()) < 12


def test_it_is_over_once_the_dust_is_gone(walk, dirt, dusty) -> None:
    looked(dirt, walk.views(range(32), dusty))
    told = looked(dirt, walk.views(range(32, 64)))
    assert [condition.raised for condition in told] == [False]
    assert dirt.mask is None


def test_a_bright_bar_burned_in_is_found(walk, dirt) -> None:
    def barred(image, _stop):
        shown = image.copy()
        shown[430:445, 450:600] = 255
        return shown

    looked(dirt, walk.views(range(32), barred))
    assert dirt.mask is not None
    assert dirt.mask[437 // 3, 525 // 3]


def test_cells_that_touch_and_cover_much_of_the_view_are_no_dirt(crowded, dirt) -> None:
    assert looked(dirt, crowded.views(range(64))) == []


def test_a_still_stage_tells_nothing_of_dirt(walk, dirt, dusty) -> None:
    still = [next(walk.views(range(1), dusty))] * 60
    assert looked(dirt, still) == []
    assert dirt.mask is None


def test_a_stage_that_goes_to_and_fro_between_few_places_tells_nothing(walk, dirt) -> None:
    for _ in range(20):
        assert looked(dirt, walk.views(range(4))) == []


def test_frames_whose_place_is_not_known_tell_nothing(walk, dirt, dusty) -> None:
    views = ((view, None) for view, _ in walk.views(range(32), dusty))
    assert looked(dirt, views) == []


def test_what_is_known_stays_known_on_a_new_part_of_the_map(walk, dirt, dusty) -> None:
    looked(dirt, walk.views(range(32), dusty))
    moved = [(view, Pose(1, pose.row, pose.column)) for view, pose in walk.views(range(3), dusty)]
    assert looked(dirt, moved) == []
    assert dirt.mask is not None


def test_dust_is_found_where_every_place_is_a_part_of_its_own(walk, dirt, dusty) -> None:
    views = walk.views(range(32), dusty)
    told = looked(dirt, ((view, Pose(part, 0, 0)) for part, (view, _) in enumerate(views)))
    assert [condition.raised for condition in told] == [True]
    assert dirt.mask is not None
    assert dirt.mask[WHERE]


def test_a_still_stage_whose_tracking_is_lost_again_and_again_tells_nothing(walk, dirt) -> None:
    """Out of focus one place looks like another to the tracker; it is still the same."""
    blurred = [cv2.GaussianBlur(walk.image(0), (0, 0), 0.5 + number % 8) for number in range(40)]
    views = ((look_at(image), Pose(part, 0, 0)) for part, image in enumerate(blurred))
    assert looked(dirt, views) == []
    assert dirt.mask is None


def test_a_place_visited_again_counts_once(walk, dirt, dusty) -> None:
    """Dust wiped off is forgotten also where the stage finds no new places."""
    looked(dirt, walk.views(range(24), dusty))
    assert dirt.mask is not None
    told = looked(dirt, walk.views(range(24)))
    assert [condition.raised for condition in told] == [False]
