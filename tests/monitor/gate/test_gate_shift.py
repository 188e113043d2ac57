"""How far one view lies from another."""

import numpy as np
import pytest

from monitor.gate.keyframes import Keyframe
from monitor.gate.pose import Pose
from monitor.gate.shift import shift_between
from monitor.gate.view import look_at


def between(view, other):
    return shift_between(view.flat, view.spectrum(), other.flat, other.spectrum())


@pytest.mark.parametrize(
    ("rows", "columns"), [(0, 0), (37, -80), (-150, 20), (90, 200), (-200, -100)]
)
def test_a_shift_is_found_to_a_pixel_through_noise_and_another_brightness(shoot, rows, columns):
    shift = between(look_at(shoot(rows, columns, gain=0.8)), look_at(shoot(0, 0)))
    step = look_at(shoot(0, 0)).step_px
    assert shift.rows * step == pytest.approx(rows, abs=1.5)
    assert shift.columns * step == pytest.approx(columns, abs=1.5)
    assert shift.likeness > 0.8


def test_two_places_are_never_alike(shoot):
    here = look_at(shoot(0, 0))
    found = [between(look_at(shoot(3000 * far, -2000 * far)), here) for far in range(1, 9)]
    assert max(shift.likeness for shift in found if shift is not None) < 0.5


def test_a_spot_on_the_lens_does_not_hold_the_stage_still(shoot):
    def dirty(image):
        spotted = image.copy()
        for row, column in ((100, 100), (300, 500), (220, 320), (60, 560)):
            spotted[row : row + 25, column : column + 25] //= 3
        return spotted

    shift = between(look_at(dirty(shoot(0, 150))), look_at(dirty(shoot(0, 0))))
    assert shift.columns * look_at(shoot(0, 0)).step_px == pytest.approx(150, abs=2)


def test_views_of_other_sizes_and_empty_ones_tell_nothing(shoot):
    here, blank = look_at(shoot(0, 0)), look_at(np.full((480, 640, 3), 230, np.uint8))
    assert between(here, look_at(shoot(0, 0)[:240])) is None
    nothing = between(here, blank)
    assert nothing is None or nothing.likeness < 0.2


def test_sharpness_falls_with_blur_alone(shoot):
    sharp = look_at(shoot(0, 0)).sharpness
    assert look_at(shoot(0, 0, gain=0.7)).sharpness == pytest.approx(sharp, rel=0.2)
    assert look_at(shoot(2000, 2000)).sharpness == pytest.approx(sharp, rel=0.3)
    blurred = [look_at(shoot(0, 0, blur=sigma)).sharpness for sigma in (2, 4)]
    assert sharp * 0.75 > blurred[0] > blurred[1]


def test_a_keyframe_keeps_a_view_but_for_roundings(shoot):
    view = look_at(shoot(0, 0))
    kept = Keyframe.of(view, Pose(0, 0, 0)).unpacked()
    shift = shift_between(view.flat, view.spectrum(), kept.flat, kept.spectrum)
    assert np.abs(kept.flat - np.clip(view.flat, -5.08, 5.08)).max() < 0.021
    assert (round(shift.rows, 1), round(shift.columns, 1)) == (0, 0)
