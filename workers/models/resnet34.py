"""ResNet-34: sixteen residual blocks of two convolutions, with one dense layer on their mean.

He et al. 2016, Deep residual learning for image recognition. Weights have torchvision's names
(``layer1.0.conv1.weight``).
"""

from dataclasses import dataclass

from torch import Tensor, nn

from workers.models.pretrained import PretrainedClassifier, PretrainedConfig

LEVELS = ((64, 3), (128, 4), (256, 6), (512, 3))
GRID = 32


@dataclass(frozen=True, slots=True)
class Resnet34Config(PretrainedConfig):
    """Size of the inputs, and where the features come from."""


class BasicBlock(nn.Module):
    """Two convolutions beside a short cut."""

    def __init__(self, channels: int, filters: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(filters)
        self.relu = nn.ReLU()
        self.downsample = _short_cut(channels, filters, stride)

    def forward(self, maps: Tensor) -> Tensor:
        """Give (n, filters, h / stride, w / stride) of (n, channels, h, w)."""
        inner = self.relu(self.bn1(self.conv1(maps)))
        added: Tensor = self.relu(self.bn2(self.conv2(inner)) + self.downsample(maps))
        return added


def _short_cut(channels: int, filters: int, stride: int) -> nn.Module:
    if channels == filters and stride == 1:
        return nn.Identity()
    convolution = nn.Conv2d(channels, filters, 1, stride, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(filters))


class Resnet34Features(nn.Module):
    """The convolutions, named as in torchvision."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        entering = LEVELS[0][0]
        self.conv1 = nn.Conv2d(channels, entering, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(entering)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = _level(entering, *LEVELS[0], 1)
        self.layer2 = _level(LEVELS[0][0], *LEVELS[1], 2)
        self.layer3 = _level(LEVELS[1][0], *LEVELS[2], 2)
        self.layer4 = _level(LEVELS[2][0], *LEVELS[3], 2)

    def forward(self, inputs: Tensor) -> Tensor:
        """Give (n, 512) float32 of (n, c, h, w) float32."""
        maps = self.maxpool(self.relu(self.bn1(self.conv1(inputs))))  # (n, 64, h / 4, w / 4)
        maps = self.layer2(self.layer1(maps))  # (n, 128, h / 8, w / 8)
        maps = self.layer4(self.layer3(maps))  # (n, 512, h / 32, w / 32)
        mean: Tensor = maps.mean((2, 3))
        return mean


def _level(channels: int, filters: int, blocks: int, stride: int) -> nn.Sequential:
    later = [BasicBlock(filters, filters, 1) for _ in range(blocks - 1)]
    return nn.Sequential(BasicBlock(channels, filters, stride), *later)


class Resnet34(PretrainedClassifier):
    """The features of ResNet-34 and a linear head."""

    def __init__(self, config: Resnet34Config | None = None) -> None:
        config = config or Resnet34Config()
        head = nn.Linear(LEVELS[-1][0], 1)
        super().__init__(config, Resnet34Features(config.channels), head, GRID)
        self.start()
