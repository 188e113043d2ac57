"""Shapes to draw with: maps (n, h, w) in [0, 1], one for each cell, at random places."""

import torch
from torch import Tensor

from workers.training.drawing.chance import Chance, Range

TURN = 2 * torch.pi
REACH = 0.45
"""How far from the middle shapes lie, as a share of the width; cells fill most of a crop."""


def axes(size: int) -> tuple[Tensor, Tensor]:
    """Give rows (1, size, 1) and columns (1, 1, size)."""
    axis = torch.arange(size, dtype=torch.float32)
    return axis[None, :, None], axis[None, None, :]


class Spot:
    """A place in each cell and coordinates around it, stretched and turned at random.

    Attributes
    ----------
    down, across
        (n, size, size) float32, in pixels along the axes of the ellipse.
    distance
        (n, size, size) float32, from the place.
    """

    def __init__(self, chance: Chance, count: int, size: int, roundness: float = 0.6) -> None:
        rows, columns = axes(size)
        direction = chance.between(0, TURN, count)
        far = REACH * size * chance.between(0, 1, count).sqrt()
        down = rows - (size - 1) / 2 - far * direction.sin()
        across = columns - (size - 1) / 2 - far * direction.cos()
        turn = chance.between(0, torch.pi, count)
        self.down = down * turn.cos() + across * turn.sin()
        self.across = across * turn.cos() - down * turn.sin()
        self.across = self.across / chance.between(roundness, 1, count)
        self.distance = (self.down.square() + self.across.square()).sqrt()

    def disc(self, radius: Tensor, softness: Tensor) -> Tensor:
        """Give a disc with a soft edge, both (n, 1, 1) in pixels."""
        return soft_edge(radius - self.distance, softness)

    def around(self, radius: Tensor, angle: Tensor) -> Tensor:
        """Give distances, (n, size, size), from the point of a circle, both (n, 1, 1)."""
        down = self.down - radius * angle.cos()
        across = self.across - radius * angle.sin()
        return (down.square() + across.square()).sqrt()


def soft_edge(inside_px: Tensor, softness_px: Tensor | float) -> Tensor:
    """Go from 0 to 1 where ``inside_px`` goes from negative to positive."""
    return torch.sigmoid(inside_px / softness_px)


def ridge(offset_px: Tensor, width_px: Tensor) -> Tensor:
    """Give a line along offset 0, Gaussian across."""
    return torch.exp(-(offset_px / width_px).square() / 2)


def dot(chance: Chance, count: int, size: int, radius_px: Range) -> Tensor:
    """Give small discs, (count, size, size); small ones are more frequent."""
    low, high = radius_px
    radius = low + (high - low) * chance.between(0, 1, count) ** 1.5
    return Spot(chance, count, size).disc(radius, chance.between(0.25, 0.9, count))
