"""Varies healthy cells, and draws lesions into them that the network learns to take away."""

import torch
from torch import Tensor

from workers.anomaly import Inputs

LESIONS = 3
PLAIN_SHARE = 0.35
"""Share of cells without a lesion: a network that never sees clean cells rebuilds them badly."""


def varied(inputs: Inputs, generator: torch.Generator) -> Inputs:
    """Flip, turn and stain cells anew, all alike within a batch but for the stain.

    Parameters
    ----------
    inputs
        (n, 3, h, h) pixels and (n, 1, h, h) mask.
    generator
        Source of chance.
    """
    turns, flip = torch.randint(0, 4, (1,), generator=generator), torch.rand(1, generator=generator)
    pixels = torch.rot90(inputs.pixels, int(turns), (2, 3))
    mask = torch.rot90(inputs.mask, int(turns), (2, 3))
    if flip < 0.5:  # noqa: PLR2004 - a coin
        pixels, mask = pixels.flip(3), mask.flip(3)
    count = len(pixels)
    gain = 0.8 + 0.4 * torch.rand(count, 1, 1, 1, generator=generator)
    tint = 0.9 + 0.2 * torch.rand(count, 3, 1, 1, generator=generator)
    return Inputs(pixels * gain * tint, mask)


def with_noise(inputs: Inputs, amount: float, generator: torch.Generator) -> Tensor:
    """Add Gaussian noise of standard deviation ``amount`` to most of the cells, inside the mask.

    Returns
    -------
    (n, c, h, w) float32; the target of denoising is ``inputs.pixels``.
    """
    noise = torch.randn(inputs.pixels.shape, generator=generator)
    kept = torch.rand(len(noise), 1, 1, 1, generator=generator) >= PLAIN_SHARE
    return inputs.pixels + amount * noise * kept * inputs.mask


def with_lesions(inputs: Inputs, generator: torch.Generator) -> Tensor:
    """Draw soft dark dots and rings, as parasites leave them, into most of the cells.

    Returns
    -------
    (n, 3, h, h) float32; the target of denoising is ``inputs.pixels``.
    """
    count, _, size, _ = inputs.pixels.shape
    drawn = inputs.pixels.clone()
    kept = torch.rand(count, generator=generator) >= PLAIN_SHARE
    for _ in range(LESIONS):
        used = kept & (torch.rand(count, generator=generator) < 0.6)  # noqa: PLR2004
        shape = _lesion(count, size, generator) * inputs.mask
        drawn -= used[:, None, None, None] * shape * _colour(count, generator)
    return drawn


def _lesion(count: int, size: int, generator: torch.Generator) -> Tensor:
    """Give the shapes, (count, 1, size, size) in [0, 1]: a dot, or a ring of some radius."""

    def chance(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(count, 1, 1, generator=generator)

    axis = torch.arange(size, dtype=torch.float32)
    rows, columns = axis[None, :, None], axis[None, None, :]
    middle = size / 2
    down = rows - chance(middle - 0.35 * size, middle + 0.35 * size)
    across = columns - chance(middle - 0.35 * size, middle + 0.35 * size)
    distance = (down**2 + (across * chance(0.7, 1.4)) ** 2).sqrt()
    ring = chance(0, 1) < 0.4  # noqa: PLR2004
    radius = torch.where(ring, chance(3.0, 8.0), torch.zeros(()))
    width = torch.where(ring, chance(0.8, 1.8), chance(1.0, 5.0))
    return torch.exp(-((distance - radius) ** 2) / (2 * width**2))[:, None]


def _colour(count: int, generator: torch.Generator) -> Tensor:
    """Give how much darker a lesion is, (count, 3, 1, 1): purple, most of it in red and green."""
    depth = 0.15 + 1.1 * torch.rand(count, 1, 1, 1, generator=generator)
    balance = torch.tensor([1.0, 1.0, 0.45]).view(1, 3, 1, 1)
    return depth * balance * (0.7 + 0.6 * torch.rand(count, 3, 1, 1, generator=generator))
