"""What all supervised networks share: features, an embedding, and the log odds of an anomaly."""

from typing import Literal

from torch import Tensor, nn

from workers.models.output import Output
from workers.models.shape import NetworkConfig, check_inputs, padded

Activation = Literal["leaky-relu", "swish"]


class Classifier(nn.Module):
    """Tells anomalous inputs from healthy ones that it was shown, both labelled.

    Parameters
    ----------
    config
        Size of the inputs.
    features
        From (n, c, h, w), h and w multiples of ``grid``, to the embedding, (n, e).
    head
        From the embedding to (n, 1).
    grid
        By what width and height must be divisible.
    """

    def __init__(
        self, config: NetworkConfig, features: nn.Module, head: nn.Module, grid: int
    ) -> None:
        super().__init__()
        self.config = config
        self.grid = grid
        self.features = features
        self.head = head

    def forward(self, inputs: Tensor) -> Output:
        """Classify (n, channels, size, size) float32.

        Raises
        ------
        InputShapeError
            The inputs have another shape.
        """
        check_inputs(inputs, self.config)
        embedding = self.embed(padded(inputs, self.grid))
        return Output(None, embedding, logit=self.head(embedding)[:, 0])

    def embed(self, inputs: Tensor) -> Tensor:
        """Give the embedding, (n, e) float32."""
        embedding: Tensor = self.features(inputs)
        return embedding


def activation(name: Activation) -> nn.Module:
    """Make an activation: LeakyReLU, or Swish (Ramachandran et al. 2017)."""
    return nn.SiLU() if name == "swish" else nn.LeakyReLU(0.1)


def pooled_globally() -> nn.Module:
    """Make the mean of each feature over the map, (n, e)."""
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
