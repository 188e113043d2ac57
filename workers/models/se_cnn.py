"""Four convolutions 32-64-128-128, each followed by squeeze and excitation.

Hu et al. 2018, Squeeze-and-excitation networks.
"""

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn

from workers.models.classifier import Activation, Classifier, activation, pooled_globally
from workers.models.shape import NetworkConfig


@dataclass(frozen=True, slots=True)
class SeCnnConfig(NetworkConfig):
    """Shape of the network.

    Attributes
    ----------
    filters, dense
        Of the convolutions and of the dense layers.
    reduction
        By how much squeezing narrows the features.
    dropout
        Share that is dropped out before each dense layer but the first.
    activation
        After each layer.
    """

    filters: tuple[int, ...] = (32, 64, 128, 128)
    dense: tuple[int, int] = (128, 64)
    reduction: int = 8
    dropout: float = 0.5
    activation: Activation = "swish"


class SqueezeExcite(nn.Module):
    """Weighs each feature by what the whole map says of all features."""

    def __init__(self, features: int, reduction: int) -> None:
        super().__init__()
        narrow = max(features // reduction, 1)
        self.gate = nn.Sequential(
            pooled_globally(),
            nn.Linear(features, narrow),
            nn.ReLU(),
            nn.Linear(narrow, features),
            nn.Sigmoid(),
        )

    def forward(self, maps: Tensor) -> Tensor:
        """Weigh (n, e, h, w) float32."""
        weighed: Tensor = maps * self.gate(maps)[:, :, None, None]
        return weighed


class SeCnn(Classifier):
    """Convolutions that attend to features, averaged over the map."""

    def __init__(self, config: SeCnnConfig | None = None) -> None:
        config = config or SeCnnConfig()
        wide, narrow = config.dense
        features = nn.Sequential(
            *(_block(*pair, config) for pair in pairwise((config.channels, *config.filters))),
            pooled_globally(),
            nn.Linear(config.filters[-1], wide),
            activation(config.activation),
            nn.Dropout(config.dropout),
            nn.Linear(wide, narrow),
            activation(config.activation),
        )
        head = nn.Sequential(nn.Dropout(config.dropout), nn.Linear(narrow, 1))
        super().__init__(config, features, head, 2 ** len(config.filters))


def _block(channels: int, filters: int, config: SeCnnConfig) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(channels, filters, 3, padding=1, bias=False),
        nn.BatchNorm2d(filters),
        activation(config.activation),
        SqueezeExcite(filters, config.reduction),
        nn.MaxPool2d(2),
    )
