"""What has been found where on a part of the slide map: the same thing is not new again."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray


class Known:
    """Places of things found, looked up by position.

    Parameters
    ----------
    bin_px
        Side of the squares by which places are sorted, in pixels: no less than the distance
        within which things are looked for.
    """

    def __init__(self, bin_px: float) -> None:
        self._bin_px = bin_px
        self._bins: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)

    def add(self, points: NDArray[np.float64]) -> None:
        """Add places, (n, 2), (row, column) on the part, in pixels."""
        for row, column in points.tolist():
            self._bins[self._bin(row, column)].append((row, column))

    def has(self, points: NDArray[np.float64], within_px: float) -> NDArray[np.bool_]:
        """Say at which of (n, 2) places something has been found, ``within_px`` or nearer."""
        return np.array(
            [self._near(row, column, within_px) for row, column in points.tolist()], bool
        )

    def points(self) -> NDArray[np.float64]:
        """Give all places, (n, 2)."""
        all_of_them = [point for points in self._bins.values() for point in points]
        return np.array(all_of_them, np.float64).reshape(-1, 2)

    def _bin(self, row: float, column: float) -> tuple[int, int]:
        return int(row // self._bin_px), int(column // self._bin_px)

    def _near(self, row: float, column: float, within_px: float) -> bool:
        down, right = self._bin(row, column)
        return any(
            (row - there[0]) ** 2 + (column - there[1]) ** 2 <= within_px**2
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
            for there in self._bins.get((down + i, right + j), ())
        )
