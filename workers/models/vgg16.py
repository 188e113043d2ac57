"""VGG-16: thirteen 3x3 convolutions, with one dense layer on the mean of their maps.

Simonyan and Zisserman 2015, Very deep convolutional networks for large-scale image
recognition. Weights have torchvision's names (``features.0.weight``).
"""

from dataclasses import dataclass

from torch import Tensor, nn

from workers.models.pretrained import PretrainedClassifier, PretrainedConfig

LEVELS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))


@dataclass(frozen=True, slots=True)
class Vgg16Config(PretrainedConfig):
    """Size of the inputs, and where the features come from."""


class Vgg16Features(nn.Module):
    """The convolutions, named as in torchvision."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for filters, count in LEVELS:
            for _ in range(count):
                layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU()]
                channels = filters
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)

    def forward(self, inputs: Tensor) -> Tensor:
        """Give (n, 512) float32 of (n, c, h, w) float32."""
        maps: Tensor = self.features(inputs)  # (n, 512, h / 32, w / 32)
        return maps.mean((2, 3))


class Vgg16(PretrainedClassifier):
    """The features of VGG-16 and a linear head."""

    def __init__(self, config: Vgg16Config | None = None) -> None:
        config = config or Vgg16Config()
        head = nn.Linear(LEVELS[-1][0], 1)
        super().__init__(config, Vgg16Features(config.channels), head, 2 ** len(LEVELS))
        self.start()
