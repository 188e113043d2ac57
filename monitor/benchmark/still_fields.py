"""The still fields of which videos are made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from config import Settings
from monitor.benchmark.datasets import DataError, find_sets
from monitor.picture import open_picture, read_page
from segmenter import segment

GOOD = "good"
SIZE = (960, 1280)
"""Height and width of a field in pixels; of a larger picture the middle is taken."""


@dataclass(frozen=True, slots=True)
class StillField:
    """A field to make videos of.

    Attributes
    ----------
    path
        Its picture.
    image
        (960, 1280, 3) uint8, RGB.
    cells
        Red cells that are counted when it is segmented once.
    """

    path: Path
    image: NDArray[np.uint8]
    cells: int


class StillFields:
    """The fields of a folder in an order that the seed draws, again and again.

    Parameters
    ----------
    folder
        Of pictures, or of a data set or several.
    settings
        Of the segmenter.
    seed
        Of the order.

    Attributes
    ----------
    poor, small
        How many pictures were passed over until now: those that cannot be counted, and those
        smaller than 1280x960.

    Raises
    ------
    SourceError, DataError
        There is no picture in it.
    """

    def __init__(self, folder: Path, settings: Settings, seed: int) -> None:
        paths = [field.path for data in find_sets(folder) for field in data.fields]
        order = np.random.default_rng(seed).permutation(len(paths))
        self._paths: Sequence[Path] = [paths[number] for number in order]
        self._folder = folder
        self._settings = settings
        self.poor = 0
        self.small = 0

    def __iter__(self) -> Iterator[StillField]:
        """Give fields without end.

        Raises
        ------
        DataError
            None of the pictures can be used.
        SourceError
            A picture cannot be read.
        """
        usable = []
        for path in self._paths:
            field = self._field(path)
            if field is not None:
                usable.append(path)
                yield field
        if not usable:
            raise DataError(
                f"{self._folder}: none of {len(self._paths)} pictures can be used, {self.small} "
                f"are smaller than 1280x960 and {self.poor} too poor to count; give "
                "sharp fields of that size"
            )
        while True:
            yield from filter(None, map(self._field, usable))

    def _field(self, path: Path) -> StillField | None:
        picture = read_page(open_picture(path))
        if picture.shape[0] < SIZE[0] or picture.shape[1] < SIZE[1]:
            self.small += 1
            return None
        image = _middle(picture)
        found = segment(image, self._settings.segmenter, self._settings.quality)
        if found.quality.verdict != GOOD or not len(found.cells):
            self.poor += 1
            return None
        return StillField(path, image, len(found.cells))


def _middle(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    top, left = (picture.shape[0] - SIZE[0]) // 2, (picture.shape[1] - SIZE[1]) // 2
    return picture[top : top + SIZE[0], left : left + SIZE[1]]
