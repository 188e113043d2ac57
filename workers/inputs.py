"""From uint8 crops to what networks see, and back."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from workers.card import Normalisation

HIGHEST = 255.0


@dataclass(frozen=True, slots=True)
class Inputs:
    """Normalised crops and where their cells are.

    Attributes
    ----------
    pixels
        (n, 3, h, w) float32; 0 outside the mask.
    mask
        (n, 1, h, w) float32, 1 inside the cell, else 0.
    """

    pixels: Tensor
    mask: Tensor


def normalise(crops: Tensor, outside_value: int, how: Normalisation) -> Inputs:
    """Find the masks, centre each cell on its mean colour and set the outside to it.

    Parameters
    ----------
    crops
        (n, h, w, 3) uint8, RGB.
    outside_value
        A pixel with this value in all three channels is outside.
    how
        Centre and scale.
    """
    cells = _cells(crops, outside_value)
    return Inputs(centred(cells.inside, cells.mask, cells.mean, how), cells.mask)


def restore(rebuilt: Tensor, crops: Tensor, outside_value: int, how: Normalisation) -> Tensor:
    """Turn what a network rebuilt back into pictures, as :func:`normalise` made inputs of crops.

    Parameters
    ----------
    rebuilt
        (n, 3, h, w) float32, normalised.
    crops
        (n, h, w, 3) uint8, RGB, what it was rebuilt from.
    outside_value, how
        As of :func:`normalise`.

    Returns
    -------
    (n, h, w, 3) uint8, RGB; ``outside_value`` outside the masks.
    """
    cells = _cells(crops, outside_value)
    levels = (rebuilt * how.scale + cells.mean).round().clamp(0, HIGHEST)
    pictures = torch.where(cells.mask > 0, levels, outside_value)
    return pictures.permute(0, 2, 3, 1).to(torch.uint8)


class _Cells(NamedTuple):
    """Colours inside the masks, (n, 3, h, w), the masks, (n, 1, h, w), and means, (n, 3, 1, 1)."""

    inside: Tensor
    mask: Tensor
    mean: Tensor


def _cells(crops: Tensor, outside_value: int) -> _Cells:
    channels_first = crops.permute(0, 3, 1, 2)
    mask = (channels_first != outside_value).any(1, keepdim=True).to(torch.float32)
    inside = channels_first.to(torch.float32) * mask
    # Sums of integers below 2**24 are exact in float32, in any order: same bits in any batch.
    mean = inside.sum((2, 3), keepdim=True) / mask.sum((2, 3), keepdim=True)
    return _Cells(inside, mask, mean)


def centred(inside: Tensor, mask: Tensor, mean: Tensor, how: Normalisation) -> Tensor:
    """Give colours relative to a mean, in units of the scale; 0 outside.

    Parameters
    ----------
    inside
        (n, 3, h, w) float32, grey levels, 0 outside the mask.
    mask
        (n, 1, h, w) float32.
    mean
        (n, 3, 1, 1) float32, grey levels.
    how
        Scale.
    """
    return (inside - mean * mask) / how.scale
