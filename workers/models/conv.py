"""The narrow-going convolutional autoencoder: 64-32-16 filters down, mirrored up.

Masci et al. 2011, Stacked convolutional auto-encoders for hierarchical feature extraction.
No batch normalisation: its running statistics would lean on the corrupted inputs that
denoising training mixes in, and clean cells would then be rebuilt worse.
"""

from dataclasses import dataclass
from itertools import pairwise

from torch import nn

from workers.models.autoencoder import Autoencoder, AutoencoderConfig, decoder_of, down


@dataclass(frozen=True, slots=True)
class ConvConfig(AutoencoderConfig):
    """Shape of the network; the last filters are the features of the bottleneck."""


class Conv(Autoencoder):
    """Rebuilds an input from a map, an eighth as wide, of 16 features."""

    def __init__(self, config: ConvConfig | None = None) -> None:
        config = config or ConvConfig()
        super().__init__(config, encoder_of(config), decoder_of(config))


def encoder_of(config: AutoencoderConfig) -> nn.Sequential:
    """Go down through the filters, halving width and height at each."""
    return nn.Sequential(*(down(*pair) for pair in pairwise((config.channels, *config.filters))))
