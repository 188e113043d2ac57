"""What all autoencoders share: down to a small map of features, and up again."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
from torch import Tensor, nn

from workers.models.output import Output
from workers.models.shape import NetworkConfig, check_inputs, cut_back, padded
from workers.models.sub_pixel import SubPixelUp


@dataclass(frozen=True, slots=True)
class AutoencoderConfig(NetworkConfig):
    """Shape of an autoencoder.

    Attributes
    ----------
    filters
        Of each level down, each half as wide and high as the one before.
    output
        ``"relu"`` rebuilds no value below 0, for inputs that have none.
    activity_l1
        Weight of the mean absolute activity of the bottleneck in the loss; 0: none.
    """

    filters: tuple[int, ...] = (64, 32, 16)
    output: Literal["linear", "relu"] = "linear"
    activity_l1: float = 0.0


class Autoencoder(nn.Module):
    """Rebuilds inputs from a bottleneck.

    Parameters
    ----------
    config
        Size of the inputs, and how activity is penalised.
    encoder, decoder
        From (n, c, h, w), h and w multiples of ``2**levels``, to the bottleneck, and back.
    """

    def __init__(self, config: AutoencoderConfig, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.config = config
        self.encoder = encoder
        self.decoder = decoder

    def forward(self, inputs: Tensor) -> Output:
        """Rebuild (n, channels, size, size) float32.

        Raises
        ------
        InputShapeError
            The inputs have another shape.
        """
        check_inputs(inputs, self.config)
        bottleneck = self.encode(padded(inputs, 2 ** len(self.config.filters)))
        rebuilt, penalty = self.rebuild(bottleneck)
        embedding = torch.mean(bottleneck, dim=(2, 3))
        return Output(cut_back(rebuilt, self.config.size), embedding, penalty)

    def encode(self, inputs: Tensor) -> Tensor:
        """Give the bottleneck, (n, e, h / 2**levels, w / 2**levels)."""
        bottleneck: Tensor = self.encoder(inputs)
        return bottleneck

    def rebuild(self, bottleneck: Tensor) -> tuple[Tensor, Tensor | None]:
        """Give (n, channels, h, w) and the penalty, (n,) or None."""
        if not self.config.activity_l1:
            return self.decoder(bottleneck), None
        return self.decoder(bottleneck), self.config.activity_l1 * bottleneck.abs().mean((1, 2, 3))


def down(channels: int, filters: int) -> nn.Module:
    """Halve width and height.

    Strides instead of pooling, here and on the way up: four times the crops a second on a CPU
    (measured, 2 cores, AVX-512).
    """
    convolution = nn.Conv2d(channels, filters, 4, stride=2, padding=1)
    return nn.Sequential(convolution, nn.ReLU(inplace=True))


def up(channels: int, filters: int) -> nn.Module:
    """Double width and height."""
    convolution = nn.ConvTranspose2d(channels, filters, 4, stride=2, padding=1)
    return nn.Sequential(convolution, nn.ReLU(inplace=True))


def decoder_of(config: AutoencoderConfig) -> nn.Sequential:
    """Mirror the filters of the way down; the last step gives the channels of the inputs."""
    upwards = config.filters[::-1]
    steps = [up(wide, narrow) for wide, narrow in pairwise(upwards)]
    steps.append(SubPixelUp(upwards[-1], config.channels, 4, stride=2, padding=1))
    if config.output == "relu":
        steps.append(nn.ReLU())
    return nn.Sequential(*steps)
