"""From uint8 crops to what networks see, and back."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from workers.blur import blurred_inside
from workers.card import Normalisation
from workers.colours import HIGHEST, as_rgb, seen_in

BLUR_REACH = 3.0
"""How far a blur reaches, in standard deviations."""
STEPS_A_LEVEL = 16.0
"""Steps to which other colours and blurred ones are rounded, in a grey level."""


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
    """Find the masks, blur and recolour, centre each cell and set the outside to its mean colour.

    Parameters
    ----------
    crops
        (n, h, w, 3) uint8, RGB.
    outside_value
        A pixel with this value in all three channels is outside.
    how
        Blur, colours, centre and scale.
    """
    cells = _cells(crops, outside_value, how)
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
    cells = _cells(crops, outside_value, how)
    levels = as_rgb(rebuilt * how.scale + cells.mean, how.colours).round().clamp(0, HIGHEST)
    pictures = torch.where(cells.mask > 0, levels, outside_value)
    return pictures.permute(0, 2, 3, 1).to(torch.uint8)


class _Cells(NamedTuple):
    """Colours inside the masks, (n, 3, h, w), the masks, (n, 1, h, w), and means, (n, 3, 1, 1)."""

    inside: Tensor
    mask: Tensor
    mean: Tensor


def _cells(crops: Tensor, outside_value: int, how: Normalisation) -> _Cells:
    channels_first = crops.permute(0, 3, 1, 2)
    mask = (channels_first != outside_value).any(1, keepdim=True).to(torch.float32)
    inside = looked_at(channels_first.to(torch.float32) * mask, mask, how)
    # Sums of 64 x 64 levels in whole steps are exact in float32, in any order: the same bits in
    # any batch.
    mean = inside.sum((2, 3), keepdim=True) / mask.sum((2, 3), keepdim=True)
    return _Cells(inside, mask, mean)


def looked_at(inside: Tensor, mask: Tensor, how: Normalisation) -> Tensor:
    """Blur and recolour cells; as they are with neither.

    Parameters
    ----------
    inside
        (n, 3, h, w) float32, red, green and blue in grey levels, 0 outside the mask.
    mask
        (n, 1, h, w) float32.
    how
        Blur and colours.

    Returns
    -------
    (n, 3, h, w) float32, 0 outside the mask.
    """
    if how.colours == "rgb" and not how.blur_px:
        return inside
    if how.blur_px:
        radius_px = math.ceil(BLUR_REACH * how.blur_px)
        inside = blurred_inside(inside, mask, how.blur_px, radius_px)
    return (seen_in(inside, how.colours) * STEPS_A_LEVEL).round() / STEPS_A_LEVEL


def centred(inside: Tensor, mask: Tensor, mean: Tensor, how: Normalisation) -> Tensor:
    """Give colours relative to a mean, in units of the scale; 0 outside.

    Parameters
    ----------
    inside
        (n, 3, h, w) float32, of :func:`looked_at`.
    mask
        (n, 1, h, w) float32.
    mean
        (n, 3, 1, 1) float32, grey levels.
    how
        Scale.
    """
    return (inside - mean * mask) / how.scale
