"""How large the errors of healthy cells are at each position, to standardise others by."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

LEAST_SPREAD = 0.1
"""Share of the mean spread that a position has at least: where healthy cells hardly differ,
the smallest error would count as a large one."""


@dataclass(frozen=True, slots=True)
class HealthyErrors:
    """Errors of healthy cells, position by position.

    Attributes
    ----------
    mean, spread
        (1, 1, h, w) float32, mean and standard deviation over cells; the spread is > 0.
    """

    mean: Tensor
    spread: Tensor

    @classmethod
    def of(cls, parts: Iterable[tuple[Tensor, Tensor]]) -> Self:
        """Measure healthy cells.

        Parameters
        ----------
        parts
            Error maps and masks, both (n, 1, h, w) float32; a position that lies in no mask
            has mean 0.
        """
        totals = [torch.zeros(()) for _ in range(3)]
        for errors, mask in parts:
            inside = (errors * mask).double()
            sums = (mask.double(), inside, inside.square())
            totals = [
                total + new.sum(0, keepdim=True) for total, new in zip(totals, sums, strict=True)
            ]
        count = totals[0].clamp(min=1)
        mean = totals[1] / count
        spread = (totals[2] / count - mean.square()).clamp(min=0).sqrt()
        least = LEAST_SPREAD * spread.mean()
        return cls(mean.float(), spread.clamp(min=float(least)).float())

    def standardise(self, errors: Tensor) -> Tensor:
        """Give by how many standard deviations errors, (n, 1, h, w), exceed the healthy mean."""
        return (errors - self.mean) / self.spread
