"""The denoising autoencoder: inputs are spoilt in training, and it rebuilds them unspoilt.

Vincent et al. 2008, Extracting and composing robust features with denoising autoencoders.
The network is that of ``conv``; what spoils the inputs is in :mod:`workers.training.task`,
and nothing is spoilt when cells are scored.
"""

from dataclasses import dataclass

from workers.models.conv import Conv, ConvConfig


@dataclass(frozen=True, slots=True)
class DenoiseConfig(ConvConfig):
    """Shape of the network, as of ``conv``."""


class Denoise(Conv):
    """Rebuilds what an input would be without noise and lesions."""
