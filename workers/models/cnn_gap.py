"""Three convolutions 32-64-128, global average pooling and a dense layer of 128.

Lin et al. 2014, Network in network.
"""

from dataclasses import dataclass
from itertools import pairwise

from torch import nn

from workers.models.classifier import Activation, Classifier, activation, pooled_globally
from workers.models.shape import NetworkConfig


@dataclass(frozen=True, slots=True)
class CnnGapConfig(NetworkConfig):
    """Shape of the network: filters, features of the dense layer, share that is dropped out."""

    filters: tuple[int, ...] = (32, 64, 128)
    dense: int = 128
    dropout: float = 0.5
    activation: Activation = "leaky-relu"


class CnnGap(Classifier):
    """Convolutions whose maps are averaged, so that where something lies does not matter."""

    def __init__(self, config: CnnGapConfig | None = None) -> None:
        config = config or CnnGapConfig()
        features = nn.Sequential(
            *(
                _block(*pair, config.activation)
                for pair in pairwise((config.channels, *config.filters))
            ),
            pooled_globally(),
            nn.Linear(config.filters[-1], config.dense),
            activation(config.activation),
        )
        head = nn.Sequential(nn.Dropout(config.dropout), nn.Linear(config.dense, 1))
        super().__init__(config, features, head, 2 ** len(config.filters))


def _block(channels: int, filters: int, name: Activation) -> nn.Module:
    convolution = nn.Conv2d(channels, filters, 3, padding=1)
    return nn.Sequential(convolution, activation(name), nn.MaxPool2d(2))
