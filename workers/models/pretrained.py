"""Weights learned elsewhere, from a local file, for the part of a network before its head."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import safetensors.torch
from safetensors import SafetensorError
from torch import nn

from config import SmearwatchError
from workers.models.classifier import Classifier
from workers.models.shape import NetworkConfig


class PretrainedError(SmearwatchError):
    """A file of pretrained weights is missing, broken or of another network."""


@dataclass(frozen=True, slots=True)
class PretrainedConfig(NetworkConfig):
    """What networks with pretrained features are configured by.

    Attributes
    ----------
    weights
        safetensors file with the names of torchvision; None: trained from the start.
    frozen
        Only the head learns; the features stay as they were read.
    """

    weights: Path | None = None
    frozen: bool = False


class PretrainedClassifier(Classifier):
    """A classifier whose features may come from a file, and may be frozen."""

    config: PretrainedConfig

    def start(self) -> None:
        """Read the weights and freeze the features, as the configuration says."""
        if self.config.weights is not None:
            load_features(self.features, self.config.weights)
        if self.config.frozen:
            self.features.requires_grad_(False)

    def train(self, mode: bool = True) -> Self:
        """Switch to training; frozen features do not adapt their batch statistics either."""
        super().train(mode)
        if self.config.frozen:
            self.features.eval()
        return self


def load_features(features: nn.Module, path: Path) -> None:
    """Fill ``features`` from a safetensors file; what it holds besides is left out.

    Raises
    ------
    PretrainedError
        The file is missing or broken, or lacks a weight or has one of another shape.
    """
    try:
        found = safetensors.torch.load_file(path)
    except (OSError, SafetensorError) as error:
        raise PretrainedError(
            f"{path}: no safetensors file ({str(error).splitlines()[0]}); give one with "
            "torchvision's names of weights, converted where it is a .pth file"
        ) from error
    wanted = features.state_dict()
    for name, values in wanted.items():
        if name not in found or found[name].shape != values.shape:
            there = tuple(found[name].shape) if name in found else "missing"
            raise PretrainedError(
                f"{path}: {name} is {there}, {tuple(values.shape)} is needed; give the weights of "
                "this network for as many channels"
            )
    features.load_state_dict({name: found[name] for name in wanted})
