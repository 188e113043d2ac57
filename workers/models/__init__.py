"""The networks, by name. Each is a plain ``nn.Module``; training and scoring live elsewhere.

A network takes inputs (n, channels, size, size) float32, by default normalised crops
(n, 3, 64, 64), and gives an :class:`Output`.
"""

from workers.models.families import FAMILIES, Family, UnknownModelError, build, family, learns_from
from workers.models.output import Output
from workers.models.shape import InputShapeError, NetworkConfig, NetworkConfigError

__all__ = [
    "FAMILIES",
    "Family",
    "InputShapeError",
    "NetworkConfig",
    "NetworkConfigError",
    "Output",
    "UnknownModelError",
    "build",
    "family",
    "learns_from",
]
