"""The memory-augmented autoencoder: it rebuilds inputs from remembered healthy features alone.

Gong et al. 2019, Memorizing normality to detect anomaly: memory-augmented deep autoencoder
for unsupervised anomaly detection.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from workers.models.autoencoder import Autoencoder, AutoencoderConfig, decoder_of
from workers.models.conv import encoder_of

TINY = 1e-12


@dataclass(frozen=True, slots=True)
class MemoryConfig(AutoencoderConfig):
    """Shape of the network and of its memory.

    Attributes
    ----------
    items
        Features that it remembers.
    shrinkage
        Lambda: an item addressed with less weight does not count, in [1, 3] / items.
    entropy_weight
        Alpha: weight of the entropy of the addressing in the loss.
    """

    items: int = 100
    shrinkage: float = 0.02
    entropy_weight: float = 0.0002


class Memory(nn.Module):
    """Replaces features by a sparse mixture of remembered ones.

    Parameters
    ----------
    items, features
        Rows and columns of the memory.
    shrinkage
        Threshold lambda of the hard shrinkage.
    """

    def __init__(self, items: int, features: int, shrinkage: float) -> None:
        super().__init__()
        self.shrinkage = shrinkage
        self.items = nn.Parameter(torch.empty(items, features))
        nn.init.normal_(self.items, std=features**-0.5)

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Look features up, one query a position.

        Parameters
        ----------
        features
            (n, c, *positions) float32: any number of axes of positions, 1-D, 2-D and 3-D alike.

        Returns
        -------
        (n, c, *positions) float32 from memory, and the entropy of the addressing, (n,) float32,
        mean over positions.
        """
        queries = features.movedim(1, -1)  # (n, *positions, c)
        weights = self.address(queries)  # (n, *positions, items)
        entropy = -(weights * (weights + TINY).log()).sum(-1)
        return (weights @ self.items).movedim(-1, 1), entropy.flatten(1).mean(1)

    def address(self, queries: Tensor) -> Tensor:
        """Give the weight of each item, (..., items), from queries (..., c); they add up to 1.

        A query that no item matches above the threshold keeps the weights of the softmax:
        there would be neither an output nor a gradient otherwise, and at first, when all items
        are alike, there is no other kind of query.
        """
        soft = functional.softmax(queries @ self.items.T, dim=-1)
        above = soft - self.shrinkage
        hard = above.relu() * soft / (above.abs() + TINY)
        matched = hard.sum(-1, keepdim=True) > 0
        return functional.normalize(torch.where(matched, hard, soft), p=1.0, dim=-1)


class MemoryAutoencoder(Autoencoder):
    """The network of ``conv`` with a memory between its halves."""

    def __init__(self, config: MemoryConfig | None = None) -> None:
        config = config or MemoryConfig()
        super().__init__(config, encoder_of(config), decoder_of(config))
        self.entropy_weight = config.entropy_weight
        self.memory = Memory(config.items, config.filters[-1], config.shrinkage)

    def rebuild(self, bottleneck: Tensor) -> tuple[Tensor, Tensor | None]:
        """Rebuild from memory; the entropy of the addressing joins the penalty."""
        remembered, entropy = self.memory(bottleneck)
        rebuilt, activity = super().rebuild(remembered)
        penalty = self.entropy_weight * entropy
        return rebuilt, penalty if activity is None else penalty + activity
