"""The families of networks by name: how each is configured, and what it learns from."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Literal

from torch import nn

from config import SmearwatchError
from workers.models.cnn_base import CnnBase, CnnBaseConfig
from workers.models.cnn_gap import CnnGap, CnnGapConfig
from workers.models.conv import Conv, ConvConfig
from workers.models.conv_wide import ConvWide, ConvWideConfig
from workers.models.deep_sad import DeepSad, DeepSadConfig
from workers.models.denoise import Denoise, DenoiseConfig
from workers.models.draem import Draem, DraemConfig, DraemFew
from workers.models.memory import MemoryAutoencoder, MemoryConfig
from workers.models.resnet34 import Resnet34, Resnet34Config
from workers.models.se_cnn import SeCnn, SeCnnConfig
from workers.models.shape import NetworkConfig, NetworkConfigError
from workers.models.superres import Superres, SuperresConfig
from workers.models.svdd import Svdd, SvddConfig
from workers.models.vgg16 import Vgg16, Vgg16Config

LearnsFrom = Literal["healthy", "some labels", "labels"]


class UnknownModelError(SmearwatchError):
    """No network has this name."""


@dataclass(frozen=True, slots=True)
class Family:
    """One family.

    Attributes
    ----------
    network
        Its class, made from a ``config``.
    config
        Class of its configuration; all fields have a default.
    learns_from
        Healthy cells only, these and some labelled anomalies, or cells that are all labelled.
    """

    network: type[nn.Module]
    config: type[NetworkConfig]
    learns_from: LearnsFrom = "healthy"


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "conv": Family(Conv, ConvConfig),
        "conv-wide": Family(ConvWide, ConvWideConfig),
        "denoise": Family(Denoise, DenoiseConfig),
        "superres": Family(Superres, SuperresConfig),
        "memory": Family(MemoryAutoencoder, MemoryConfig),
        "draem": Family(Draem, DraemConfig),
        "draem-few": Family(DraemFew, DraemConfig, "some labels"),
        "svdd": Family(Svdd, SvddConfig),
        "deep-sad": Family(DeepSad, DeepSadConfig, "some labels"),
        "cnn-base": Family(CnnBase, CnnBaseConfig, "labels"),
        "cnn-gap": Family(CnnGap, CnnGapConfig, "labels"),
        "se-cnn": Family(SeCnn, SeCnnConfig, "labels"),
        "vgg16": Family(Vgg16, Vgg16Config, "labels"),
        "resnet34": Family(Resnet34, Resnet34Config, "labels"),
    }
)


def family(architecture: str) -> Family:
    """Look a family up.

    Raises
    ------
    UnknownModelError
        No network has this name.
    """
    if architecture not in FAMILIES:
        close = get_close_matches(architecture, FAMILIES, n=1, cutoff=0.0)
        raise UnknownModelError(f"architecture {architecture}: unknown; did you mean {close[0]}?")
    return FAMILIES[architecture]


def learns_from(network: nn.Module) -> LearnsFrom:
    """Say what a network of :func:`build` learns from."""
    return next(one.learns_from for one in FAMILIES.values() if one.network is type(network))


def build(architecture: str, **config: Any) -> nn.Module:
    """Make an untrained network.

    Parameters
    ----------
    architecture
        Name of the family.
    config
        Fields of its configuration that shall not have their default.

    Raises
    ------
    UnknownModelError
        No network has this name.
    NetworkConfigError
        The configuration has no such field, or its value makes no sense.
    """
    found = family(architecture)
    known = found.config.__dataclass_fields__
    for name in config:
        if name not in known:
            close = get_close_matches(name, known, n=1, cutoff=0.0)[0]
            raise NetworkConfigError(
                f"architecture {architecture}: {name} is no setting of it; did you mean {close}?"
            )
    return found.network(found.config(**config))
