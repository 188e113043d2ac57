"""The size of a network's inputs: part of its configuration, checked at its door."""

import math
from dataclasses import dataclass, fields

from torch import Tensor
from torch.nn import functional

from config import SmearwatchError


class NetworkConfigError(SmearwatchError):
    """A network's configuration makes no sense."""


class InputShapeError(SmearwatchError):
    """Inputs do not have the shape that the network takes."""


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """What every network is configured by.

    Attributes
    ----------
    size
        Height and width of an input in pixels, > 0.
    channels
        Channels of an input, > 0.

    Raises
    ------
    NetworkConfigError
        A whole number is not positive, or a fraction is negative or not finite.
    """

    size: int = 64
    channels: int = 3

    def __post_init__(self) -> None:
        for field in fields(self):
            _check(field.name, getattr(self, field.name))


def _check(name: str, value: object) -> None:
    if value == ():
        raise NetworkConfigError(f"network: {name} is empty; at least one level is needed")
    for part in value if isinstance(value, tuple) else (value,):
        whole = isinstance(part, int) and not isinstance(part, bool)
        if whole and part < 1:
            raise NetworkConfigError(f"network: {name} {value} is too small; at least 1 is needed")
        if isinstance(part, float) and not (math.isfinite(part) and part >= 0):
            raise NetworkConfigError(f"network: {name} {value} must be a finite number >= 0")
        if name == "dropout" and isinstance(part, float) and part > 1:
            raise NetworkConfigError(f"network: {name} {value} is a share, 1 at most")


def check_inputs(inputs: Tensor, config: NetworkConfig) -> None:
    """Refuse inputs of another shape than (n, channels, size, size).

    Raises
    ------
    InputShapeError
        The shape is another one.
    """
    taken = (config.channels, config.size, config.size)
    if tuple(inputs.shape[1:]) != taken:
        raise InputShapeError(
            f"inputs: {tuple(inputs.shape)} given, the network takes (n, {taken[0]}, {taken[1]}, "
            f"{taken[2]}); cut the crops anew or set size and channels"
        )


def padded(inputs: Tensor, grid: int) -> Tensor:
    """Surround inputs with zeros up to a multiple of ``grid``; those that fit stay as they are."""
    missing = -inputs.shape[-1] % grid
    if not missing:
        return inputs
    before, after = missing // 2, missing - missing // 2
    return functional.pad(inputs, (before, after, before, after))


def cut_back(rebuilt: Tensor, size: int) -> Tensor:
    """Take the middle again that :func:`padded` surrounded."""
    before = (rebuilt.shape[-1] - size) // 2
    return rebuilt[..., before : before + size, before : before + size]
