"""Cells that are drawn on: their colours and where they are."""

from dataclasses import dataclass

import torch
from torch import Tensor

from workers.card import Normalisation
from workers.inputs import looked_at

BACKGROUND = 245.0
"""Grey level of the empty field, by which absorption is reckoned."""
DARKEST, BRIGHTEST = 0.0, 254.0
LEAST_LIGHT = 0.1
"""Share of the light that every cell lets through at least; keeps absorption finite."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Cells before they are normalised.

    Attributes
    ----------
    pixels
        (n, 3, h, h) float32, grey levels 0..254; 0 outside the mask.
    mask
        (n, 1, h, h) float32, 1 inside the cell, else 0.
    """

    pixels: Tensor
    mask: Tensor

    def __len__(self) -> int:
        return len(self.pixels)

    @property
    def size(self) -> int:
        """Height and width, in pixels."""
        return self.pixels.shape[-1]

    @classmethod
    def of(cls, crops: Tensor, outside_value: int) -> "Picture":
        """Take crops, (n, h, h, 3) uint8."""
        channels_first = crops.permute(0, 3, 1, 2)
        mask = (channels_first != outside_value).any(1, keepdim=True).to(torch.float32)
        return cls(channels_first.to(torch.float32) * mask, mask)

    def looked_at(self, how: Normalisation) -> "Picture":
        """Blur and recolour as networks see cells."""
        return Picture(looked_at(self.pixels, self.mask, how), self.mask)

    def mean(self) -> Tensor:
        """Give the mean colour of each cell, (n, 3, 1, 1)."""
        return self.pixels.sum((2, 3), keepdim=True) / self.mask.sum((2, 3), keepdim=True)

    def absorption(self) -> Tensor:
        """Give how much each cell absorbs on average, (n, 3, 1, 1): Beer-Lambert, natural log."""
        return -(self.mean() / BACKGROUND).clamp(LEAST_LIGHT, 1).log()

    def absorbing(self, chosen: Tensor, amount: Tensor) -> "Picture":
        """Let some cells absorb more, or less where it is negative.

        Parameters
        ----------
        chosen
            (m,) int64, which cells.
        amount
            (m, 3, h, h) or (m, 1, h, h) float32, natural log.
        """
        pixels = self.pixels.clone()
        pixels[chosen] = (pixels[chosen] * torch.exp(-amount)).clamp(DARKEST, BRIGHTEST)
        return Picture(pixels, self.mask)
