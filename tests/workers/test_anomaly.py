"""From crop to input, and from reconstruction to score."""

import numpy as np
import pytest
import torch

from workers.anomaly import erode, error_map, local_map, masked_local_maximum, smooth
from workers.card import Normalisation
from workers.inputs import normalise
from workers.score_settings import ScoreSettings

HOW = Normalisation(centre="cell-mean", scale=64.0)
OUTSIDE = 255


def a_crop(size: int = 16) -> torch.Tensor:
    crop = torch.full((1, size, size, 3), OUTSIDE, dtype=torch.uint8)
    crop[0, 4:12, 4:12] = torch.tensor([200, 100, 50], dtype=torch.uint8)
    crop[0, 4:8, 4:12] += 10
    return crop


def settings(erosion_px: int = 1, window_px: int = 1) -> ScoreSettings:
    return ScoreSettings("masked-local-maximum", "squared", erosion_px, window_px)


def test_the_cell_is_centred_on_its_mean_and_the_outside_is_that_mean() -> None:
    inputs = normalise(a_crop(), OUTSIDE, HOW)
    inside = inputs.mask.expand_as(inputs.pixels) > 0
    assert inside[0, 0].sum() == 64
    assert (inputs.pixels[~inside] == 0).all()
    assert torch.allclose(inputs.pixels[inside].abs(), torch.tensor(5 / 64))
    assert inputs.pixels.mean().abs() < 1e-6


def test_white_in_one_channel_alone_is_inside() -> None:
    crop = a_crop()
    crop[0, 0, 0] = torch.tensor([255, 255, 254], dtype=torch.uint8)
    assert normalise(crop, OUTSIDE, HOW).mask[0, 0, 0, 0] == 1


@pytest.mark.parametrize(("error", "expected"), [("squared", 5 / 3), ("darker", 4 / 3)])
def test_darker_leaves_out_what_is_brighter_than_rebuilt(error: str, expected: float) -> None:
    pixels = torch.tensor([0.0, 1.0, 0.0]).view(1, 3, 1, 1)
    rebuilt = torch.tensor([2.0, 0.0, 0.0]).view(1, 3, 1, 1)
    assert error_map(pixels, rebuilt, error).item() == pytest.approx(expected)


def test_erosion_takes_a_rim_and_counts_the_border_as_outside() -> None:
    mask = torch.ones(1, 1, 7, 7)
    expected = np.zeros((7, 7))
    expected[2:5, 2:5] = 1
    np.testing.assert_array_equal(erode(mask, 2)[0, 0], expected)
    np.testing.assert_array_equal(erode(mask, 0), mask)


def test_smoothing_averages_over_the_window() -> None:
    image = torch.zeros(1, 1, 9, 9)
    image[0, 0, 4, 4] = 25.0
    smoothed = smooth(image, 5)[0, 0]
    assert torch.allclose(smoothed[2:7, 2:7], torch.ones(5, 5))
    assert smoothed.sum() == pytest.approx(25.0)


def test_errors_on_the_rim_and_outside_do_not_count() -> None:
    mask = normalise(a_crop(), OUTSIDE, HOW).mask
    errors = torch.zeros_like(mask)
    errors[0, 0, 4, 6] = 9.0
    errors[0, 0, 0, 0] = 9.0
    errors[0, 0, 8, 8] = 2.0
    assert masked_local_maximum(local_map(errors, mask, settings())).item() == 2.0


def test_the_window_averages_over_the_cell_alone() -> None:
    mask = normalise(a_crop(), OUTSIDE, HOW).mask
    local = local_map(mask * 3, mask, settings(1, 5))
    assert masked_local_maximum(local).item() == pytest.approx(3.0)


def test_an_error_that_is_not_finite_gives_no_score() -> None:
    mask = normalise(a_crop(), OUTSIDE, HOW).mask
    errors = torch.zeros_like(mask)
    errors[0, 0, 8, 8] = torch.inf
    assert masked_local_maximum(local_map(errors, mask, settings())).isnan().all()
