"""A field is rejected for the reason that a microscopist would name."""

import numpy as np
import pytest

DIAMETER = 54


def test_a_sharp_field_is_good(new_field, find):
    quality = find(new_field().grid(DIAMETER).frame()).quality
    assert quality.verdict == "good"
    assert quality.saturated_share == 0


def test_a_field_without_cells_is_empty(new_field, find):
    quality = find(new_field().frame()).quality
    assert quality.verdict == "empty"
    assert quality.covered_share < 0.01


@pytest.mark.parametrize("level", [0, 255])
def test_black_and_white_frames_are_saturated(find, level):
    quality = find(np.full((480, 640, 3), level, np.uint8)).quality
    assert quality.verdict == "saturated"
    assert quality.saturated_share == 1


def test_a_field_out_of_focus_is_blurred(new_field, find):
    drawn = new_field().grid(DIAMETER)
    assert find(drawn.frame(blur=12)).quality.verdict == "blurred"


def test_focus_falls_as_blur_grows(new_field, find):
    drawn = new_field().grid(DIAMETER)
    scores = [find(drawn.frame(blur=blur)).quality.focus_score for blur in (1, 3, 6, 9, 12)]
    assert (np.diff(scores) < 0).all()


def test_focus_does_not_depend_on_stain_or_size(new_field, find):
    pale, dark = new_field(), new_field()
    for row in range(60, 440, 90):
        for column in range(60, 600, 90):
            pale.cell(row, column, DIAMETER, (215, 190, 195))
            dark.cell(row, column, DIAMETER, (150, 90, 110))
    large = new_field(960, 1280).grid(2 * DIAMETER)
    reference = find(new_field().grid(DIAMETER).frame(noise=0, blur=3)).quality.focus_score
    for drawn, blur in ((pale, 3), (dark, 3), (large, 6)):
        score = find(drawn.frame(noise=0, blur=blur)).quality.focus_score
        assert score == pytest.approx(reference, rel=0.2)


def test_a_field_full_of_cells_is_crowded(new_field, find):
    drawn = new_field()
    for row in range(20, 480, 40):
        for column in range(20, 640, 40):
            drawn.cell(row, column, DIAMETER)
    drawn.image[:200, :200] = drawn.empty
    quality = find(drawn.frame()).quality
    assert quality.covered_share > 0.85
    assert quality.verdict == "crowded"


def test_covered_share_is_the_cells_share_of_the_field(new_field, find):
    drawn = new_field().grid(DIAMETER)
    truth = len(drawn.centres) * np.pi / 4 * DIAMETER**2 / (480 * 640)
    assert find(drawn.frame()).quality.covered_share == pytest.approx(truth, rel=0.1)
