"""Blurs cells without what lies around them."""

import torch
from torch import Tensor
from torch.nn import functional

LEAST_SHARE = 1e-3


def blurred_inside(pixels: Tensor, mask: Tensor, sigma_px: float, radius_px: int) -> Tensor:
    """Average pixels with a Gaussian over the cell alone.

    Parameters
    ----------
    pixels
        (n, c, h, w) float32, 0 outside the mask.
    mask
        (n, 1, h, w) float32, 1 inside the cell, else 0.
    sigma_px
        Standard deviation in pixels, > 0.
    radius_px
        How far it reaches, in pixels.

    Returns
    -------
    (n, c, h, w) float32, 0 outside the mask.
    """
    offsets = torch.arange(-radius_px, radius_px + 1.0, device=pixels.device)
    window = torch.exp(-((offsets / sigma_px) ** 2) / 2)
    window = window / window.sum()
    share = _windowed(mask, window).clamp(min=LEAST_SHARE)
    return _windowed(pixels, window) / share * mask


def _windowed(maps: Tensor, window: Tensor) -> Tensor:
    channels, half = maps.shape[1], len(window) // 2
    along = window.expand(channels, 1, 1, -1)
    rows = functional.conv2d(maps, along, padding=(0, half), groups=channels)
    return functional.conv2d(rows, along.transpose(2, 3), padding=(half, 0), groups=channels)
