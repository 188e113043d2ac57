"""The networks, by name. Each is a plain ``nn.Module``; training and scoring live elsewhere.

A network takes normalised crops (n, 3, 64, 64) float32 and gives
``(reconstruction, embedding)``: (n, 3, 64, 64) and (n, 64) float32.
"""

from difflib import get_close_matches

from torch import nn

from config import SmearwatchError
from workers.models.conv_wide import ConvWide

MODELS: dict[str, type[nn.Module]] = {"conv-wide": ConvWide}


class UnknownModelError(SmearwatchError):
    """No network has this name."""


def build(architecture: str) -> nn.Module:
    """Make an untrained network.

    Raises
    ------
    UnknownModelError
        No network has this name.
    """
    if architecture not in MODELS:
        close = get_close_matches(architecture, MODELS, n=1, cutoff=0.0)
        raise UnknownModelError(f"architecture {architecture}: unknown; did you mean {close[0]}?")
    return MODELS[architecture]()


__all__ = ["MODELS", "ConvWide", "UnknownModelError", "build"]
