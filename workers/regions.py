"""Where in a cell its score comes from: the box around the worst region.

Tensor operations of fixed shapes only, so that it can be exported with the network.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional

REACH_PX = 12
"""How far from the place of the maximum a region reaches at most, in rows and in columns."""

LEAST_PX = 5
"""Height and width that a box has at least."""


def half_of_error(highest: Tensor) -> Tensor:
    """Give the level of half a maximum of errors, (n,) float32; never above the maximum."""
    return torch.minimum(highest, highest / 2)


def half_of_log_odds(highest: Tensor) -> Tensor:
    """Give the log odds of half the probability that a maximum of log odds, (n,), stands for.

    Comparing log odds with it is comparing probabilities, without a sigmoid of every pixel and
    without its rounding to 0 and 1.
    """
    return -functional.softplus(math.log(2) - highest)


def box_of_worst(local: Tensor, learned: bool) -> Tensor:
    """Box the region around the largest value of each map.

    To it belong the pixels of at least half of that value that lie at most ``REACH_PX`` rows
    and columns away from its place, the first one where there are several.

    Parameters
    ----------
    local
        (n, 1, h, w) float32, smoothed errors or log odds; minus infinity where none counts.
        h and w lie in [LEAST_PX, 255].
    learned
        Whether the map holds log odds, whose half is that of the probability.

    Returns
    -------
    (n, 4) uint8, (top, left, bottom, right), half-open; without meaning where a map has no
    largest value that is finite.
    """
    maps = local[:, 0]
    row, column, highest = _place_of_largest(maps)
    level = half_of_log_odds(highest) if learned else half_of_error(highest)
    rows, columns = _around(row, maps.shape[1]), _around(column, maps.shape[2])
    near = _picked(maps, rows, columns)
    top, bottom = _span(near.amax(2) >= level[:, None], rows, maps.shape[1])
    left, right = _span(near.amax(1) >= level[:, None], columns, maps.shape[2])
    return torch.stack((top, left, bottom, right), 1).to(torch.uint8)


def box_of_mask(mask: Tensor) -> Tensor:
    """Box each cell.

    Parameters
    ----------
    mask
        (n, 1, h, w) float32, 1 inside the cell, else 0; h and w at most 255.

    Returns
    -------
    (n, 4) uint8, (top, left, bottom, right), half-open; without meaning where a mask is empty.
    """
    spans = []
    for axis in (3, 2):
        inside = mask.amax((1, axis))
        first, last = inside.argmax(1), inside.shape[1] - inside.flip(1).argmax(1)
        spans.append((first, last))
    (top, bottom), (left, right) = spans
    return torch.stack((top, left, bottom, right), 1).to(torch.uint8)


def _place_of_largest(maps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Give row, column and value of the first largest of each map, (n,) each.

    By rows first: several times faster on a CPU than one search of all pixels.
    """
    in_rows = maps.amax(2)
    row = in_rows.argmax(1)
    its_row = maps.gather(1, row[:, None, None].expand(-1, 1, maps.shape[2]))[:, 0]
    highest, column = its_row.max(1)
    return row, column, highest


def _around(place: Tensor, length: int) -> Tensor:
    """Give the places within reach, (n, 2 * REACH_PX + 1); at the rim the last one repeats."""
    reach = torch.arange(-REACH_PX, REACH_PX + 1, device=place.device)
    return (place[:, None] + reach).clamp(0, length - 1)


def _picked(maps: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Cut maps, (n, h, w), down to some rows and columns each, (n, r) and (n, c)."""
    places = rows[:, :, None] * maps.shape[2] + columns[:, None, :]
    return maps.flatten(1).gather(1, places.flatten(1)).view_as(places)


def _span(high: Tensor, places: Tensor, length: int) -> tuple[Tensor, Tensor]:
    """Give the first of the high places and the one after the last, at least LEAST_PX apart."""
    first = torch.where(high, places, length).amin(1)
    after = torch.where(high, places, -1).amax(1) + 1
    least = ((first + after - LEAST_PX) // 2).clamp(0, length - LEAST_PX)
    return torch.minimum(first, least), torch.maximum(after, least + LEAST_PX)
