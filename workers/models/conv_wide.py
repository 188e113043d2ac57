"""The wide convolutional autoencoder: 16-32-64 filters down, mirrored up.

Masci et al. 2011, Stacked convolutional auto-encoders for hierarchical feature extraction.
"""

from dataclasses import dataclass

from torch import nn

from workers.models.autoencoder import Autoencoder, AutoencoderConfig, decoder_of
from workers.models.conv import encoder_of


@dataclass(frozen=True, slots=True)
class ConvWideConfig(AutoencoderConfig):
    """Shape of the network: as of all autoencoders, the filters widen on the way down."""

    filters: tuple[int, ...] = (16, 32, 64)


class ConvWide(Autoencoder):
    """Rebuilds a crop from an 8x8 map of 64 features, each of which sees most of the cell."""

    def __init__(self, config: ConvWideConfig | None = None) -> None:
        config = config or ConvWideConfig()
        last = config.filters[-1]
        encoder = encoder_of(config)
        encoder.extend((nn.Conv2d(last, last, 3, padding=1), nn.ReLU(inplace=True)))
        super().__init__(config, encoder, decoder_of(config))
