"""The super-resolution autoencoder: it sees the input max-pooled, and rebuilds all of it.

A network that never sees the fine structure can only add the healthy one. After the
super-resolution networks of Dong et al. 2016, Image super-resolution using deep convolutional
networks, with transposed convolutions as in Dong et al. 2016, Accelerating the
super-resolution convolutional neural network.
"""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from workers.models.autoencoder import Autoencoder, AutoencoderConfig, decoder_of
from workers.models.shape import NetworkConfigError

LEVELS = 2
POOLED = 2**LEVELS


@dataclass(frozen=True, slots=True)
class SuperresConfig(AutoencoderConfig):
    """Shape of the network; of two filters, each doubles width and height on the way up."""

    filters: tuple[int, ...] = (32, 64)


class Superres(Autoencoder):
    """Rebuilds an input from the largest value of each 4x4 pixels."""

    def __init__(self, config: SuperresConfig | None = None) -> None:
        config = config or SuperresConfig()
        if len(config.filters) != LEVELS:
            raise NetworkConfigError(f"superres: filters {config.filters}; {LEVELS} are needed")
        first, second = config.filters
        encoder = nn.Sequential(
            nn.Conv2d(config.channels, first, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(first, second, 3, padding=1),
            nn.ReLU(),
        )
        super().__init__(config, encoder, decoder_of(config))

    def encode(self, inputs: Tensor) -> Tensor:
        """Pool 4x, then give the features, (n, e, h / 4, w / 4)."""
        return super().encode(functional.max_pool2d(inputs, POOLED))
