"""What a network learns from: crops, and what is known of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Examples:
    """Crops and their labels.

    Attributes
    ----------
    crops
        (n, h, w, c) uint8.
    anomalous
        (n,) bool.
    sets
        (n,) int64, from which of several sets each is, counted from 0.
    """

    crops: NDArray[np.uint8]
    anomalous: NDArray[np.bool_]
    sets: NDArray[np.int64]

    @classmethod
    def healthy(cls, crops: NDArray[np.uint8]) -> Self:
        """Make examples that are all healthy, of (n, h, w, c) uint8."""
        return cls.of([(crops, np.zeros(len(crops), bool))])

    @classmethod
    def of(cls, sets: Sequence[tuple[NDArray[np.uint8], NDArray[np.bool_]]]) -> Self:
        """Bring the crops of several sets together, each with which of them are anomalous."""
        crops, anomalous = zip(*sets, strict=True)
        numbers = np.repeat(np.arange(len(sets)), [len(part) for part in crops])
        return cls(np.concatenate(crops), np.concatenate(anomalous), numbers)

    def __len__(self) -> int:
        return len(self.crops)

    def only(self, chosen: NDArray[np.int64]) -> Self:
        """Give these examples, (m,) int64, in this order."""
        return type(self)(self.crops[chosen], self.anomalous[chosen], self.sets[chosen])

    def batches(self, order: NDArray[np.int64], size: int) -> Iterator[Self]:
        """Give examples in this order, (m,) int64, ``size`` at a time."""
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            yield self.only(chosen)
