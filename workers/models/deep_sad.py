"""Deep SAD: Deep SVDD that also pushes a few labelled anomalies away from the centre.

Ruff et al. 2020, Deep semi-supervised anomaly detection. The network is that of ``svdd``; the
loss of labelled anomalies, the inverse of their distance, is in
:mod:`workers.training.objective`.
"""

from dataclasses import dataclass

from workers.models.svdd import Svdd, SvddConfig


@dataclass(frozen=True, slots=True)
class DeepSadConfig(SvddConfig):
    """Shape of the network, as of ``svdd``."""


class DeepSad(Svdd):
    """Embeds healthy inputs near the centre of a hypersphere, anomalies far from it."""
