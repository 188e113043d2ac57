"""The plain supervised network: three convolutions 32-64-64 and a dense layer of 64.

LeCun et al. 1998, Gradient-based learning applied to document recognition.
"""

from dataclasses import dataclass
from itertools import pairwise

from torch import nn

from workers.models.classifier import Classifier
from workers.models.shape import NetworkConfig


@dataclass(frozen=True, slots=True)
class CnnBaseConfig(NetworkConfig):
    """Shape of the network: filters of the convolutions, features of the dense layer."""

    filters: tuple[int, ...] = (32, 64, 64)
    dense: int = 64


class CnnBase(Classifier):
    """Convolutions that are flattened into a dense layer."""

    def __init__(self, config: CnnBaseConfig | None = None) -> None:
        config = config or CnnBaseConfig()
        grid = 2 ** len(config.filters)
        side = -(-config.size // grid)
        features = nn.Sequential(
            *(_block(*pair) for pair in pairwise((config.channels, *config.filters))),
            nn.Flatten(),
            nn.Linear(config.filters[-1] * side**2, config.dense),
            nn.ReLU(),
        )
        super().__init__(config, features, nn.Linear(config.dense, 1), grid)


def _block(channels: int, filters: int) -> nn.Module:
    convolution = nn.Conv2d(channels, filters, 3, padding=1)
    return nn.Sequential(convolution, nn.ReLU(), nn.MaxPool2d(2))
