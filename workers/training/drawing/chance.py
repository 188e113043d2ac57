"""Chance from one seeded source, in the shapes that drawing needs."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

Range = tuple[float, float]


class Chance:
    """Draws numbers, one a cell, that broadcast over maps (n, h, w).

    Parameters
    ----------
    generator
        Source of chance; the same state gives the same drawings.
    """

    def __init__(self, generator: torch.Generator) -> None:
        self.generator = generator

    def between(self, low: float, high: float, count: int) -> Tensor:
        """Give (count, 1, 1) float32, evenly spread."""
        return low + (high - low) * torch.rand(count, 1, 1, generator=self.generator)

    def some(self, share: float, among: Tensor | int) -> Tensor:
        """Choose some cells, (m,) int64, of those marked in (n,) bool, or of n."""
        count = among if isinstance(among, int) else len(among)
        chosen = torch.rand(count, generator=self.generator) < share
        return torch.nonzero(chosen if isinstance(among, int) else chosen & among)[:, 0]

    def coin(self, share: float, count: int) -> Tensor:
        """Give (count, 1, 1) float32, 1 for this share, else 0."""
        return (torch.rand(count, 1, 1, generator=self.generator) < share).to(torch.float32)

    def kinds(self, kinds: int, count: int) -> Tensor:
        """Give (count,) int64, 0 to ``kinds`` - 1, each as often."""
        return torch.randint(0, kinds, (count,), generator=self.generator)

    def one_of(self, values: Sequence[int]) -> int:
        """Give one of the values."""
        return values[int(torch.randint(0, len(values), (), generator=self.generator))]

    def number(self) -> float:
        """Give a number in [0, 1)."""
        return float(torch.rand((), generator=self.generator))

    def colour(self, amount: Range, balance: Sequence[Range], count: int) -> Tensor:
        """Give how much is absorbed in red, green and blue, (count, 3, 1, 1), natural log.

        Parameters
        ----------
        amount
            Range of what multiplies the balance.
        balance
            Range of each channel.
        count
            How many colours.
        """
        channels = [self.between(*channel, count) for channel in balance]
        return self.between(*amount, count)[:, None] * torch.stack(channels, 1)

    def noise(self, count: int, cells_across: int, size: int) -> Tensor:
        """Give smooth noise, (count, size, size): mean 0, about 1 wide, of so many grains."""
        if not count:
            return torch.zeros(0, size, size)
        coarse = torch.randn(count, 1, cells_across, cells_across, generator=self.generator)
        scaled = functional.interpolate(coarse, (size, size), mode="bicubic", align_corners=False)
        return scaled[:, 0]
