"""What networks see of cells: other colours, blurred, and back to pictures."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from workers.card import Colours, Normalisation
from workers.colours import as_rgb, seen_in
from workers.detector import Detector
from workers.inputs import normalise, restore
from workers.models import build
from workers.score import Scorer
from workers.score_settings import ScoreSettings

Cells = Callable[..., np.ndarray]
OUTSIDE = 255
PLAIN = Normalisation("cell-mean", 64.0)
LEVELS = st.tuples(*[st.integers(0, 254)] * 3)


def one_pixel(*rgb: float) -> torch.Tensor:
    return torch.tensor(rgb, dtype=torch.float32).view(1, 3, 1, 1)


def seeing(colours: Colours = "rgb", blur_px: float = 0.0) -> Normalisation:
    return Normalisation("cell-mean", 64.0, colours, blur_px)


def test_without_options_inputs_have_the_bits_they_always_had(cells: Cells) -> None:
    crops = torch.from_numpy(cells(9))
    found = normalise(crops, OUTSIDE, PLAIN)
    levels = crops.permute(0, 3, 1, 2).float()
    mask = (levels != OUTSIDE).any(1, keepdim=True).float()
    mean = (levels * mask).sum((2, 3), keepdim=True) / mask.sum((2, 3), keepdim=True)
    assert torch.equal(found.pixels, (levels * mask - mean * mask) / 64)


def test_grey_is_the_luminance_in_all_channels() -> None:
    seen = seen_in(one_pixel(200, 100, 50), "grey")
    assert seen.flatten().tolist() == pytest.approx([124.2] * 3)


def test_hue_and_saturation_of_colours_whose_hue_is_known() -> None:
    for rgb, degrees in (((255, 0, 0), 0), ((0, 255, 0), 120), ((0, 0, 255), -120)):
        along, across, value = seen_in(one_pixel(*rgb), "hsv").flatten().tolist()
        assert math.degrees(math.atan2(across, along)) == pytest.approx(degrees)
        assert (math.hypot(along, across), value) == pytest.approx((255, 255))
    assert seen_in(one_pixel(90, 90, 90), "hsv").flatten().tolist() == [0, 0, 90]


def test_two_reds_on_either_side_of_zero_degrees_lie_beside_each_other() -> None:
    one, other = (seen_in(one_pixel(200, *rest), "hsv") for rest in ((20, 22), (22, 20)))
    assert (one - other).abs().max() < 5


@given(rgb=LEVELS)
def test_colours_come_back_from_hue_and_saturation(rgb: tuple[int, int, int]) -> None:
    back = as_rgb(seen_in(one_pixel(*rgb), "hsv"), "hsv").flatten().tolist()
    assert back == pytest.approx(rgb, abs=0.01)


@pytest.mark.parametrize("how", [seeing("hsv"), seeing("grey"), seeing("hsv", 1.5)])
def test_what_is_seen_can_be_shown_and_the_outside_stays(how: Normalisation, cells: Cells) -> None:
    crops = torch.from_numpy(cells(5))
    inputs = normalise(crops, OUTSIDE, how)
    assert not (inputs.pixels * (1 - inputs.mask)).any()
    assert inputs.pixels.mean((2, 3)).abs().max() < 1e-4
    shown = restore(inputs.pixels, crops, OUTSIDE, how)
    assert torch.equal(shown == OUTSIDE, crops == OUTSIDE)
    if how == seeing("hsv"):
        assert (shown.int() - crops.int()).abs().max() <= 1


def test_blur_takes_nothing_from_outside_and_grows_with_sigma(cells: Cells) -> None:
    crops = torch.from_numpy(cells(5))
    flat = torch.where(crops == OUTSIDE, OUTSIDE, 120).to(torch.uint8)
    assert normalise(flat, OUTSIDE, seeing(blur_px=2.0)).pixels.abs().max() < 1 / 64
    spreads = [normalise(crops, OUTSIDE, seeing(blur_px=px)).pixels.std() for px in (0, 0.5, 1, 3)]
    assert spreads == sorted(spreads, reverse=True)


@pytest.mark.parametrize("how", [seeing("grey"), seeing("hsv", 1.0)])
def test_a_score_has_the_same_bits_in_any_chunk(how: Normalisation, cells: Cells) -> None:
    torch.manual_seed(0)
    settings = ScoreSettings("masked-local-maximum", "squared", 4, 3)
    scorer = Scorer(Detector(build("conv-wide"), OUTSIDE, how, settings), torch.device("cpu"), 1, 8)
    crops = cells(21)
    parts = [scorer.score(crops[start : start + 5]).scores for start in range(0, 21, 5)]
    assert np.array_equal(np.concatenate(parts), scorer.score(crops).scores)
