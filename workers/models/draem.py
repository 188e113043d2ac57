"""An autoencoder that rebuilds the healthy cell and marks what it took away.

After DRAEM, Zavrtanik et al. 2021, A discriminatively trained reconstruction embedding for
surface anomaly detection: healthy pictures with drawn anomalies are all that it learns from.
There one network rebuilds and another compares; here one does both, which costs a CPU half as
much, and short cuts (Ronneberger et al. 2015, U-Net) carry the fine structure past the
bottleneck.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from workers.models.autoencoder import down, up
from workers.models.output import Output
from workers.models.shape import NetworkConfig, check_inputs, cut_back, padded
from workers.models.sub_pixel import SubPixelUp


@dataclass(frozen=True, slots=True)
class DraemConfig(NetworkConfig):
    """Shape of the network.

    Attributes
    ----------
    filters
        Of each level down, each half as wide and high as the one before.
    """

    filters: tuple[int, ...] = (16, 32, 64)


class Draem(nn.Module):
    """Rebuilds inputs, and gives the log odds of each pixel to be of an anomaly."""

    def __init__(self, config: DraemConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or DraemConfig()
        filters = config.filters
        self.down = nn.ModuleList(down(*pair) for pair in pairwise((config.channels, *filters)))
        self.middle = nn.Sequential(_look(filters[-1]), _look(filters[-1]))
        self.up = nn.ModuleList(up(wide, narrow) for wide, narrow in pairwise(filters[::-1]))
        self.look = _look(filters[-2]) if len(filters) > 1 else nn.Identity()
        self.last = SubPixelUp(filters[0], config.channels + 1, 4, stride=2, padding=1)

    def forward(self, inputs: Tensor) -> Output:
        """Rebuild (n, channels, size, size) float32.

        Raises
        ------
        InputShapeError
            The inputs have another shape.
        """
        check_inputs(inputs, self.config)
        maps = padded(inputs, 2 ** len(self.config.filters))
        passed: list[Tensor] = []
        for level in self.down:
            maps = level(maps)
            passed.append(maps)
        bottleneck = self.middle(passed.pop())  # (n, 64, 8, 8)
        both = cut_back(self._rise(bottleneck, passed), self.config.size)
        embedding = torch.mean(bottleneck, dim=(2, 3))
        return Output(both[:, :-1], embedding, anomaly=both[:, -1:])

    def _rise(self, maps: Tensor, passed: list[Tensor]) -> Tensor:
        for number, level in enumerate(self.up):
            maps = level(maps) + passed.pop()
            if number == 0:
                maps = self.look(maps)
        both: Tensor = self.last(maps)  # (n, 4, 64, 64)
        return both


class DraemFew(Draem):
    """As ``draem``; a few labelled anomalies join the training, as in Ruff et al. 2020."""


def _look(filters: int) -> nn.Module:
    """See one pixel further on each side."""
    return nn.Sequential(nn.Conv2d(filters, filters, 3, padding=1), nn.ReLU(inplace=True))
