"""What is drawn into healthy cells: where, how much, and the same for the same seed."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.card import Normalisation
from workers.training.drawing import (
    Picture,
    blurred,
    stained,
    turned,
    with_artefacts,
    with_grain,
    with_lesions,
    with_pairs,
)
from workers.training.drawing.chance import Chance
from workers.training.drawing.lesions import PLAIN_SHARE
from workers.training.task import Batch, CellTask

Cells = Callable[..., np.ndarray]
OUTSIDE = 255
COUNT = 200
TASK = CellTask(Normalisation("cell-mean", 64.0), OUTSIDE)


def chance(seed: int = 0) -> Chance:
    return Chance(torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def picture(cells: Cells) -> Picture:
    return Picture.of(torch.from_numpy(cells(COUNT)), OUTSIDE)


def batch(crops: np.ndarray, seed: int = 0, vary: bool = True) -> Batch:
    healthy = np.zeros(len(crops), bool)
    return TASK.batch(crops, healthy, torch.Generator().manual_seed(seed), vary)


def test_lesions_darken_the_places_that_are_marked_and_most_others_stay(picture: Picture) -> None:
    drawn, where = with_lesions(picture, chance(), torch.ones(COUNT, dtype=torch.bool))
    changed = (drawn.pixels - picture.pixels).mean(1, keepdim=True)
    assert changed[where > 0].mean() < -5
    untouched = (where == 0) & (picture.mask > 0)
    assert changed[untouched].abs().mean() < 0.5
    assert set(where.unique().tolist()) == {0.0, 1.0}
    assert not (where * (1 - picture.mask)).any()


def test_a_share_of_the_cells_stays_plain(picture: Picture) -> None:
    drawn, where = with_lesions(picture, chance(), torch.ones(COUNT, dtype=torch.bool))
    same = (drawn.pixels == picture.pixels).all(3).all(2).all(1)
    assert abs(same.float().mean().item() - PLAIN_SHARE) < 0.12
    assert not where[same].any()


def test_no_lesion_is_drawn_into_cells_that_are_not_healthy(picture: Picture) -> None:
    drawn, where = with_lesions(picture, chance(), torch.zeros(COUNT, dtype=torch.bool))
    assert torch.equal(drawn.pixels, picture.pixels)
    assert not where.any()


def test_lesions_absorb_more_green_than_blue(picture: Picture) -> None:
    drawn, where = with_lesions(picture, chance(), torch.ones(COUNT, dtype=torch.bool))
    absorbed = (picture.pixels.clamp(min=1) / drawn.pixels.clamp(min=1)).log()
    red, green, blue = (absorbed[:, [i]][where > 0].mean() for i in range(3))
    assert green > 1.3 * blue
    assert red > blue


@pytest.mark.parametrize("draw", [with_artefacts, with_pairs, stained, with_grain])
def test_what_healthy_cells_have_changes_some_and_stays_inside(
    picture: Picture, draw: Callable[[Picture, Chance], Picture]
) -> None:
    changed = draw(picture, chance())
    assert not torch.equal(changed.pixels, picture.pixels)
    assert not (changed.pixels * (1 - changed.mask)).any()
    assert changed.pixels.min() >= 0
    assert changed.pixels.max() <= 254
    assert changed.mask.sum((1, 2, 3)).min() > 0


def test_a_pair_is_smaller_cells_of_the_same_colours(picture: Picture) -> None:
    paired = with_pairs(picture, chance())
    changed = (paired.mask != picture.mask).flatten(1).any(1)
    assert 0.03 < changed.float().mean() < 0.25
    apart = (paired.mean() - picture.mean())[changed].abs().mean()
    assert apart < 40


def test_one_cell_alone_finds_no_partner(picture: Picture) -> None:
    alone = Picture(picture.pixels[:1], picture.mask[:1])
    for seed in range(40):
        assert torch.equal(with_pairs(alone, chance(seed)).pixels, alone.pixels)


def test_turning_keeps_the_pixels(picture: Picture) -> None:
    for seed in range(4):
        other = turned(picture, chance(seed))
        assert torch.equal(other.mean().round(decimals=2), picture.mean().round(decimals=2))


def test_blurring_spares_the_outside_and_is_the_same_for_both(picture: Picture) -> None:
    sharp = next(s for s in range(99) if blurred((picture,) * 2, chance(s))[0] is not picture)
    first, second = blurred((picture, picture), chance(sharp))
    assert torch.equal(first.pixels, second.pixels)
    assert first.pixels.std() <= picture.pixels.std()
    torch.testing.assert_close(first.mean(), picture.mean(), rtol=0.02, atol=2)


def test_the_same_seed_gives_the_same_batch_and_another_seed_another(cells: Cells) -> None:
    crops = cells(16)
    assert torch.equal(batch(crops).seen, batch(crops).seen)
    assert not torch.equal(batch(crops).seen, batch(crops, 1).seen)


def test_seen_and_clean_differ_where_lesions_are(cells: Cells) -> None:
    made = batch(cells(64), vary=False)
    apart = (made.seen - made.clean.pixels).abs().mean(1, keepdim=True)
    assert made.lesions is not None
    assert apart[made.lesions > 0].mean() > 20 * apart[made.lesions == 0].mean()


def test_seen_cells_are_centred_as_when_they_are_scored(cells: Cells) -> None:
    made = batch(cells(32))
    means = made.seen.sum((2, 3)) / made.clean.mask.sum((2, 3))
    assert means.abs().max() < 1e-3


def test_without_variation_and_lesions_cells_are_prepared_as_when_scored(cells: Cells) -> None:
    crops = cells(4)
    plain = CellTask(TASK.normalisation, OUTSIDE, vary=False, lesions=False)
    made = plain.batch(crops, np.zeros(4, bool), torch.Generator(), True)
    torch.testing.assert_close(made.seen, TASK.plain(crops).pixels)
    assert made.lesions is None


@given(count=st.integers(1, 5), seed=st.integers(0, 2**31))
@settings(max_examples=30, deadline=None)
def test_any_small_batch_is_finite(cells: Cells, count: int, seed: int) -> None:
    made = batch(cells(count), seed)
    assert made.seen.isfinite().all()
    assert made.clean.pixels.isfinite().all()


def test_lesions_are_drawn_in_colour_whatever_a_network_sees_of_it(cells: Cells) -> None:
    crops, healthy = cells(20), np.zeros(20, bool)
    found = {}
    for colours in ("rgb", "grey", "hsv"):
        how = Normalisation("cell-mean", 64.0, colours)
        task = CellTask(how, OUTSIDE)
        found[colours] = task.batch(crops, healthy, torch.Generator().manual_seed(0), vary=True)
    for drawn in found.values():
        assert torch.equal(drawn.lesions, found["rgb"].lesions)
        assert not (drawn.seen * (1 - drawn.clean.mask)).any()
    weights = torch.tensor([0.299, 0.587, 0.114])[None, :, None, None]
    luminance = (found["rgb"].seen * weights).sum(1, keepdim=True).expand(-1, 3, -1, -1)
    torch.testing.assert_close(found["grey"].seen, luminance, atol=1e-3, rtol=0)


@pytest.mark.parametrize("colours", ["grey", "hsv"])
def test_examples_that_do_not_vary_are_seen_as_when_they_are_scored(
    colours: str, cells: Cells
) -> None:
    how = Normalisation("cell-mean", 64.0, colours, 0.8)
    task = CellTask(how, OUTSIDE, vary=False, lesions=False)
    batch = task.batch(cells(9), np.zeros(9, bool), torch.Generator(), vary=True)
    torch.testing.assert_close(batch.seen, task.plain(cells(9)).pixels)
