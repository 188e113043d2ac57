"""Labelled cells, and how they are divided: by patient or stretch of a slide, never by cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from config import SmearwatchError

Part = Literal["training", "validation", "held out"]
FIFTHS = 5


class DataError(SmearwatchError):
    """Data to train on or to evaluate with is missing, unreadable or too little."""


class Origin(msgspec.Struct, frozen=True):
    """Where cells come from: data set, source, licence, and how they are split, in words."""

    data: str
    source: str
    licence: str
    split: str


@dataclass(frozen=True, slots=True)
class LabelledCells:
    """Cells of one data set.

    Attributes
    ----------
    origin
        Where they come from.
    crops
        (n, 64, 64, 3) uint8, as the segmenter cuts them.
    infected
        (n,) bool.
    groups
        (n,) int32: cells of one group, a patient or a stretch of a slide, stay together.
    """

    origin: Origin
    crops: NDArray[np.uint8]
    infected: NDArray[np.bool_]
    groups: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.crops)

    def only(self, chosen: NDArray[np.bool_]) -> Self:
        """Give the chosen cells, (n,) bool."""
        return type(self)(
            self.origin, self.crops[chosen], self.infected[chosen], self.groups[chosen]
        )

    def part(self, part: Part) -> Self:
        """Give a part: of five groups one is held out, one validates, three train.

        Training and validation hold healthy cells only.
        """
        fifth = self.groups % FIFTHS
        if part == "held out":
            return self.only(fifth == FIFTHS - 1)
        wanted = fifth == FIFTHS - 2 if part == "validation" else fifth < FIFTHS - 2
        return self.only(wanted & ~self.infected)


def numbered(names: Sequence[str], seed: int) -> dict[str, int]:
    """Give each name of a group a number, in an order that ``seed`` shuffles."""
    unique = sorted(set(names))
    order = np.random.default_rng(seed).permutation(len(unique))
    return {unique[place]: number for number, place in enumerate(order.tolist())}
