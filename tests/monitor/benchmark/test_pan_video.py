"""Videos made of still fields: every pixel comes into view, and each frame is always the same."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from monitor.benchmark.pan_paths import SPEEDS, WAYS, Step, Way, steps
from monitor.benchmark.pan_video import PanVideo
from monitor.gate.view import look_at

FIELD, VIEW = (960, 1280), (480, 640)
REST = (0.0, 0.0)


def way(kind: Way, seed: int = 0) -> list[Step]:
    return steps(kind, FIELD, VIEW, np.random.default_rng(seed))


def picture() -> NDArray[np.uint8]:
    small = np.random.default_rng(3).integers(90, 160, (96, 128, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(small, FIELD[::-1], interpolation=cv2.INTER_NEAREST))


@pytest.mark.parametrize("kind", WAYS)
@pytest.mark.parametrize("seed", range(4))
def test_every_way_shows_the_whole_field_and_nothing_beyond(kind: Way, seed: int) -> None:
    seen = np.zeros(FIELD, bool)
    for step in way(kind, seed):
        row, column = step.position
        assert 0 <= row <= FIELD[0] - VIEW[0]
        assert 0 <= column <= FIELD[1] - VIEW[1]
        seen[row : row + VIEW[0], column : column + VIEW[1]] = True
    assert seen.all()


@pytest.mark.parametrize("kind", WAYS)
def test_the_stage_rests_at_both_ends_and_never_leaps(kind: Way) -> None:
    path = way(kind)
    assert path[0].moved == path[-1].moved == REST
    places = np.array([step.position for step in path])
    assert np.abs(np.diff(places, axis=0)).max() <= np.pi / 2 * max(SPEEDS) + 1
    resting = np.array([step.moved == REST for step in path])
    assert 0 < resting.sum() < len(path)


def test_the_seed_decides_the_way() -> None:
    assert way("walk", 1) == way("walk", 1)
    assert way("walk", 1) != way("walk", 2)


def test_a_frame_is_the_same_whenever_it_is_asked_for() -> None:
    path = way("raster")[:12]
    video = PanVideo(picture(), path, VIEW, [0, 1])
    whole = [frame.image for frame in video.frames()]
    (last,) = video.frames(done=range(11))
    assert last.number == 11
    assert np.array_equal(last.image, whole[11])
    other = next(PanVideo(picture(), path, VIEW, [0, 2]).frames())
    assert not np.array_equal(other.image, whole[0])


def test_frames_show_their_place_with_noise() -> None:
    (frame,) = PanVideo(picture(), [Step((100, 200))], VIEW, [0]).frames()
    off = frame.image.astype(float) - picture()[100:580, 200:840]
    assert abs(off.mean()) < 0.1
    assert off.std() == pytest.approx(3, abs=0.3)


def test_brightness_rises_and_falls() -> None:
    video = PanVideo(picture(), [Step((0, 0))] * 8, VIEW, [0])
    means = [frame.image.mean() for frame in video.frames()]
    assert means[2] / means[0] == pytest.approx(1.1, abs=0.01)
    assert means[6] / means[0] == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("moved", [(0.0, 50.0), (-50.0, 0.0), (35.0, 35.0)])
def test_motion_blurs_and_moves_nothing(moved: tuple[float, float]) -> None:
    resting, moving = PanVideo(picture(), [Step((0, 0)), Step((0, 0), moved)], VIEW, [0]).frames()
    assert look_at(moving.image).sharpness < 0.8 * look_at(resting.image).sharpness
    likeness = cv2.matchTemplate(moving.image, resting.image[50:-50, 50:-50], cv2.TM_CCOEFF_NORMED)
    best = np.unravel_index(likeness.argmax(), likeness.shape)
    assert np.abs(np.subtract(best, 50)).max() <= 1
