"""The box around the worst region, on maps made by hand."""

import pytest
import torch

from workers.regions import LEAST_PX, REACH_PX, box_of_mask, box_of_worst, half_of_log_odds

SIZE = 64


def a_map(*spots: tuple[int, int, int, int, float], ground: float = 0.0) -> torch.Tensor:
    """A map with rectangles (top, left, bottom, right, value); 4 pixels of rim do not count."""
    local = torch.full((1, 1, SIZE, SIZE), ground)
    for top, left, bottom, right, value in spots:
        local[0, 0, top:bottom, left:right] = value
    return torch.nn.functional.pad(local[..., 4:-4, 4:-4], (4,) * 4, value=-torch.inf)


def box(local: torch.Tensor, learned: bool = False) -> list[int]:
    boxes = box_of_worst(local, learned)
    assert boxes.dtype == torch.uint8
    assert boxes.shape == (1, 4)
    return boxes[0].tolist()


def test_the_box_is_around_the_worst_of_two_spots_alone() -> None:
    weaker, worst = (10, 12, 18, 20, 9.0), (40, 35, 47, 48, 10.0)
    assert box(a_map(weaker, worst)) == [40, 35, 47, 48]
    assert box(a_map(weaker, (*worst[:4], 8.0))) == [10, 12, 18, 20]


def test_what_is_near_belongs_to_it_from_half_of_the_maximum_on() -> None:
    worst = (30, 30, 36, 36, 10.0)
    assert box(a_map(worst, (37, 37, 39, 40, 5.0))) == [30, 30, 39, 40]
    assert box(a_map(worst, (37, 37, 39, 40, 4.9))) == [30, 30, 36, 36]


def test_what_is_beyond_reach_does_not_belong_to_it() -> None:
    long_streak = a_map((30, 4, 36, 60, 5.0), (32, 31, 33, 32, 10.0))
    assert box(long_streak) == [30, 31 - REACH_PX, 36, 31 + REACH_PX + 1]


def test_a_spot_at_the_rim_keeps_its_box_within_the_crop_and_the_least_size() -> None:
    local = torch.full((1, 1, SIZE, SIZE), 0.0)
    local[0, 0, 0, 63] = 1.0
    assert box(local) == [0, SIZE - LEAST_PX, LEAST_PX, SIZE]
    local[0, 0, 0, 63], local[0, 0, 63, 0] = 0.0, 1.0
    assert box(local) == [SIZE - LEAST_PX, 0, SIZE, LEAST_PX]


def test_a_single_pixel_has_a_box_of_the_least_size_around_it() -> None:
    half = LEAST_PX // 2
    assert box(a_map((20, 30, 21, 31, 1.0))) == [20 - half, 30 - half, 21 + half, 31 + half]


@pytest.mark.parametrize("value", [0.0, 2.5])
def test_of_a_flat_map_the_box_is_what_is_in_reach_of_the_first_pixel_that_counts(
    value: float,
) -> None:
    assert box(a_map(ground=value)) == [4, 4, 4 + REACH_PX + 1, 4 + REACH_PX + 1]


def test_learned_maps_are_halved_as_probabilities() -> None:
    worst, near = (30, 30, 36, 36), (37, 37, 39, 40)
    for highest in (3.0, 0.0, -200.0, 60.0):
        half = half_of_log_odds(torch.tensor([highest])).item()
        low, high = (
            a_map((*worst, highest), (*near, half + by), ground=-300.0) for by in (-0.1, 0.1)
        )
        assert box(low, learned=True) == [30, 30, 36, 36]
        assert box(high, learned=True) == [30, 30, 39, 40]


def test_half_of_log_odds_is_that_of_half_the_probability() -> None:
    odds = torch.linspace(-8, 8, 33)
    torch.testing.assert_close(half_of_log_odds(odds).sigmoid(), odds.sigmoid() / 2)


def test_boxes_do_not_depend_on_what_else_is_in_the_batch() -> None:
    maps = torch.randn(7, 1, SIZE, SIZE, generator=torch.Generator().manual_seed(3)).square()
    alone = torch.cat([box_of_worst(one[None], False) for one in maps])
    assert torch.equal(box_of_worst(maps, False), alone)
    assert torch.equal(box_of_worst(maps.flip(0), False), alone.flip(0))


def test_the_region_is_what_a_plain_search_finds() -> None:
    maps = torch.rand(40, 1, SIZE, SIZE, generator=torch.Generator().manual_seed(4)) ** 8
    for one, found in zip(maps[:, 0], box_of_worst(maps, False).tolist(), strict=True):
        row, column = divmod(int(one.argmax()), SIZE)
        rows, columns = torch.nonzero(one >= one.max() / 2, as_tuple=True)
        near = ((rows - row).abs() <= REACH_PX) & ((columns - column).abs() <= REACH_PX)
        rows, columns = rows[near], columns[near]
        plain = [rows.min(), columns.min(), rows.max() + 1, columns.max() + 1]
        assert found == [int(edge) for edge in plain]


def test_a_mask_is_boxed_by_its_outermost_pixels() -> None:
    mask = torch.zeros(3, 1, SIZE, SIZE)
    mask[0, 0, 3:60, 10:20] = 1
    mask[1] = 1
    mask[2, 0, 5, 9] = mask[2, 0, 50, 63] = 1
    expected = [[3, 10, 60, 20], [0, 0, 64, 64], [5, 9, 51, 64]]
    assert box_of_mask(mask).tolist() == expected


def test_it_can_be_exported_without_shapes_that_depend_on_data() -> None:
    class Boxes(torch.nn.Module):
        def forward(self, local: torch.Tensor) -> torch.Tensor:
            return box_of_worst(local, False)

    maps = torch.rand(4, 1, SIZE, SIZE)
    exported = torch.export.export(Boxes(), (maps,)).module()
    other = torch.rand(4, 1, SIZE, SIZE)
    assert torch.equal(exported(other), box_of_worst(other, False))
