"""Labelled cells, and how they are divided: by patient or stretch of a slide, never by cell."""

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from config import SmearwatchError

Part = Literal["training", "validation", "held out"]
FIFTHS = 5
LAST_FIFTH = FIFTHS - 1
HEALTHY = "uninfected"
"""The label of healthy cells, in all data sets."""


UNREADABLE = (
    OSError,
    KeyError,
    ValueError,
    EOFError,
    RuntimeError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading a zip of pictures or arrays raises; RuntimeError where it is encrypted."""


class DataError(SmearwatchError):
    """Data to train on or to evaluate with is missing, unreadable or too little."""


class Origin(msgspec.Struct, frozen=True):
    """Where cells come from.

    Attributes
    ----------
    data, source, licence, split
        Data set, source, licence, and how its cells are divided, in words.
    digest
        Hexadecimal digits over the file that lists its cells: the same set by whatever name.
    """

    data: str
    source: str
    licence: str
    split: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class LostCells:
    """Annotated infected cells that the segmenter did not deliver.

    Attributes
    ----------
    labels
        (m,) str, their stages.
    groups
        (m,) int32, as those of the cells that it did deliver.
    """

    labels: NDArray[np.str_]
    groups: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class LabelledCells:
    """Cells of one data set.

    Attributes
    ----------
    origin
        Where they come from.
    crops
        (n, 64, 64, 3) uint8, as the segmenter cuts them.
    labels
        (n,) str: ``uninfected``, or the parasite's stage, or ``infected`` where it is unknown.
    groups
        (n,) int32: cells of one group, a patient or a stretch of a slide, stay together.
    lost
        Of the same groups; None where there was nothing to segment.
    """

    origin: Origin
    crops: NDArray[np.uint8]
    labels: NDArray[np.str_]
    groups: NDArray[np.int32]
    lost: LostCells | None = None

    def __len__(self) -> int:
        return len(self.crops)

    @property
    def infected(self) -> NDArray[np.bool_]:
        """Which cells are infected, (n,) bool."""
        return np.asarray(self.labels != HEALTHY)

    def only(self, chosen: NDArray[np.bool_]) -> Self:
        """Give the chosen cells, (n,) bool."""
        return replace(
            self,
            crops=self.crops[chosen],
            labels=self.labels[chosen],
            groups=self.groups[chosen],
        )

    def healthy(self) -> Self:
        """Give the cells that are not infected."""
        return self.only(~self.infected)

    def part(self, part: Part, fold: int = LAST_FIFTH) -> Self:
        """Give a part: of five groups one is held out, the one before it validates, three train.

        Parameters
        ----------
        part
            Which.
        fold
            Which of each five groups is held out, 0..4; with 0 the last of them validates.
        """
        cells = self.only(_in_part(self.groups, part, fold))
        if self.lost is None:
            return cells
        chosen = _in_part(self.lost.groups, part, fold)
        lost = LostCells(self.lost.labels[chosen], self.lost.groups[chosen])
        return replace(cells, lost=lost)


def _in_part(groups: NDArray[np.int32], part: Part, fold: int) -> NDArray[np.bool_]:
    turn = (groups - fold) % FIFTHS
    wanted = {"held out": [0], "validation": [LAST_FIFTH]}.get(part, range(1, LAST_FIFTH))
    return np.asarray(np.isin(turn, list(wanted)))


def numbered(names: Sequence[str], seed: int) -> dict[str, int]:
    """Give each name of a group a number, in an order that ``seed`` shuffles."""
    unique = sorted(set(names))
    order = np.random.default_rng(seed).permutation(len(unique))
    return {unique[place]: number for number, place in enumerate(order.tolist())}
