"""Sources of chance for each pass: they follow from the seed alone, so that none is kept."""

import torch

STREAMS = 3
ORDER, DRAWING, TORCH = range(STREAMS)
"""What chance is needed for: the order of examples, what is drawn into them, and dropout."""

MOST_RANKS = 1024
MOST_EPOCHS = 100_000


def seed_of(seed: int, epoch: int, stream: int, rank: int = 0) -> int:
    """Give a seed that no other pass, stream or process has."""
    return ((seed * MOST_EPOCHS + epoch) * STREAMS + stream) * MOST_RANKS + rank


def chance_of(seed: int, epoch: int, stream: int, rank: int = 0) -> torch.Generator:
    """Give a source of chance, see :func:`seed_of`."""
    return torch.Generator().manual_seed(seed_of(seed, epoch, stream, rank))
