"""What a network learns from: crops, what is known of them, and how they become inputs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray

from workers.anomaly import Inputs, normalise
from workers.card import Normalisation

Prepare = Callable[[NDArray[np.uint8]], Inputs]
"""From (n, h, w, c) uint8 to inputs."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Crops and their labels.

    Attributes
    ----------
    crops
        (n, h, w, c) uint8.
    anomalous
        (n,) bool.
    """

    crops: NDArray[np.uint8]
    anomalous: NDArray[np.bool_]

    @classmethod
    def healthy(cls, crops: NDArray[np.uint8]) -> Self:
        """Make examples that are all healthy, of (n, h, w, c) uint8."""
        return cls(crops, np.zeros(len(crops), bool))

    def __len__(self) -> int:
        return len(self.crops)

    def batches(self, order: NDArray[np.int64], size: int) -> Iterator[Self]:
        """Give examples in this order, (m,) int64, ``size`` at a time."""
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            yield type(self)(self.crops[chosen], self.anomalous[chosen])


def cell_inputs(how: Normalisation, outside_value: int) -> Prepare:
    """Make what prepares crops of cells, as scoring does."""

    def prepare(crops: NDArray[np.uint8]) -> Inputs:
        return normalise(torch.from_numpy(crops), outside_value, how)

    return prepare
