"""Deep SVDD: healthy cells are drawn together around a centre; distance from it is anomaly.

Ruff et al. 2018, Deep one-class classification. As there, no layer has a bias, nothing bounds
the activations and the centre is fixed and nowhere near zero, since otherwise a constant
network would do.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from workers.models.output import Output
from workers.models.shape import NetworkConfig, check_inputs, padded

LEAST_COMPONENT = 0.1
"""A component of the centre nearer to zero is moved to here, on its side of zero."""


@dataclass(frozen=True, slots=True)
class SvddConfig(NetworkConfig):
    """Shape of the network.

    Attributes
    ----------
    filters
        Of each level down, each half as wide and high as the one before.
    features
        Of the embedding.
    """

    filters: tuple[int, ...] = (16, 32, 64)
    features: int = 64


class Svdd(nn.Module):
    """Embeds inputs near the centre of a hypersphere."""

    centre: Tensor

    def __init__(self, config: SvddConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or SvddConfig()
        levels = [_down(*pair) for pair in pairwise((config.channels, *config.filters))]
        side = -(-config.size // 2 ** len(config.filters))
        self.encoder = nn.Sequential(
            *levels, nn.Flatten(), nn.Linear(config.filters[-1] * side**2, config.features, False)
        )
        self.register_buffer("centre", torch.full((config.features,), LEAST_COMPONENT))

    def forward(self, inputs: Tensor) -> Output:
        """Embed (n, channels, size, size) float32.

        Raises
        ------
        InputShapeError
            The inputs have another shape.
        """
        check_inputs(inputs, self.config)
        embedding = self.encoder(padded(inputs, 2 ** len(self.config.filters)))
        return Output(None, embedding, distance=(embedding - self.centre).square().sum(1))

    def place_centre(self, embeddings: Tensor) -> None:
        """Put the centre where healthy cells lie before training.

        Parameters
        ----------
        embeddings
            (n, features) float32, of healthy cells.
        """
        mean = embeddings.mean(0)
        side = torch.where(mean < 0, -1.0, 1.0)
        self.centre.copy_(torch.where(mean.abs() < LEAST_COMPONENT, side * LEAST_COMPONENT, mean))


def _down(channels: int, filters: int) -> nn.Module:
    convolution = nn.Conv2d(channels, filters, 4, stride=2, padding=1, bias=False)
    return nn.Sequential(convolution, nn.LeakyReLU(0.1))
