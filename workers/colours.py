"""In which colours networks see cells: red, green and blue, grey, or hue and saturation.

The hue is the direction of a colour from grey, as in the hexagon of hue and saturation seen
along its axis; it is given as a point of the plane, whose distance from zero is the saturation.
Two reds on either side of 0 degrees lie beside each other, and the hue of a grey, which is
chance, does not count.
"""

import math

import torch
from torch import Tensor

from workers.card import Colours

HIGHEST = 255.0
LUMINANCE = (0.299, 0.587, 0.114)
TINY = 1e-6


def seen_in(pixels: Tensor, colours: Colours) -> Tensor:
    """Give pixels in other colours.

    Parameters
    ----------
    pixels
        (n, 3, h, w) float32, red, green and blue in 0..255; black stays 0 in all channels.
    colours
        See :class:`workers.card.Normalisation`.

    Returns
    -------
    (n, 3, h, w) float32, grey levels; of ``"hsv"`` the first two in -255..255.
    """
    if colours == "grey":
        weights = pixels.new_tensor(LUMINANCE)[None, :, None, None]
        return (pixels * weights).sum(1, keepdim=True).expand_as(pixels).contiguous()
    return _as_hue(pixels) if colours == "hsv" else pixels


def as_rgb(pixels: Tensor, colours: Colours) -> Tensor:
    """Give what :func:`seen_in` made of pixels as red, green and blue, not bounded."""
    return _from_hue(pixels) if colours == "hsv" else pixels


def _as_hue(pixels: Tensor) -> Tensor:
    red, green, blue = pixels.unbind(1)
    value = pixels.amax(1)
    saturation = (value - pixels.amin(1)) / value.clamp(min=TINY)
    along, across = red - (green + blue) / 2, (green - blue) * (math.sqrt(3) / 2)
    length = HIGHEST * saturation / torch.hypot(along, across).clamp(min=TINY)
    return torch.stack((along * length, across * length, value), 1)


def _from_hue(pixels: Tensor) -> Tensor:
    along, across, value = pixels.unbind(1)
    saturation = torch.hypot(along, across) / HIGHEST
    apart = across / math.sqrt(3)
    offsets = torch.stack((along * 2 / 3, apart - along / 3, -apart - along / 3), 1)
    highest, lowest = offsets.amax(1), offsets.amin(1)
    stretch = value * saturation / (highest - lowest).clamp(min=TINY)
    return value[:, None] + (offsets - highest[:, None]) * stretch[:, None]
