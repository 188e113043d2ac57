"""Measures every labelled region at once."""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from segmenter.shape import solidity


@dataclass(frozen=True, slots=True)
class Regions:
    """Labelled regions, row i for label i + 1, in pixels of the working scale.

    Attributes
    ----------
    boxes
        (n, 4) int32, (top, left, bottom, right), half-open.
    centroids
        (n, 2) float64, (row, column).
    areas
        (n,) float64.
    eccentricities, solidities
        (n,) float32, in [0, 1].
    """

    boxes: NDArray[np.int32]
    centroids: NDArray[np.float64]
    areas: NDArray[np.float64]
    eccentricities: NDArray[np.float32]
    solidities: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.areas)

    def at(self, rows: NDArray[np.intp]) -> "Regions":
        """Give the regions of these rows, in this order."""
        return Regions(
            self.boxes[rows],
            self.centroids[rows],
            self.areas[rows],
            self.eccentricities[rows],
            self.solidities[rows],
        )


class Members:
    """The pixels of labelled regions, found once, to average any number of pictures over.

    Parameters
    ----------
    labels
        (h, w) int32, regions numbered 1 ... n without a gap.
    """

    def __init__(self, labels: NDArray[np.int32]) -> None:
        self.width = labels.shape[1]
        self.at = np.flatnonzero(labels).astype(np.int32)
        self.of = labels.ravel()[self.at] - 1
        self.areas = np.bincount(self.of).astype(np.float64)

    def __len__(self) -> int:
        return len(self.areas)

    def means(self, values: NDArray[np.number | np.bool_]) -> NDArray[np.float64]:
        """Average ``values``, (h, w) or (h, w, c), over each region; (n,) or (n, c) float64."""
        if values.ndim == 2:  # noqa: PLR2004
            return self.mean(values.ravel()[self.at])
        planes = values.reshape(-1, values.shape[2])[self.at].T
        return np.stack([self.mean(plane) for plane in planes], -1)

    def mean(self, values: NDArray[np.number | np.bool_]) -> NDArray[np.float64]:
        """Average over each region; ``values`` has one figure for each pixel of :attr:`at`."""
        return np.asarray(np.bincount(self.of, values, len(self)) / self.areas)


def measure(labels: NDArray[np.int32], members: Members) -> Regions:
    """Measure the regions of ``labels``, (h, w) int32, numbered 1 ... n without a gap."""
    found = ndimage.find_objects(labels, max_label=len(members))
    slices = [cast("tuple[slice, slice]", part) for part in found]
    boxes = np.array(
        [(rows.start, columns.start, rows.stop, columns.stop) for rows, columns in slices],
        np.int32,
    ).reshape(-1, 4)
    masks = ((labels[part] == i + 1).astype(np.uint8) for i, part in enumerate(slices))
    solidities = np.array([solidity(mask) for mask in masks], np.float32)
    return Regions(boxes, *_moments(members), solidities)


def _moments(
    members: Members,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float32]]:
    """Give centroids, areas and eccentricities."""
    # In float64, whose 53 bits hold the squares of any frame's coordinates with room to spare.
    rows, columns = (x.astype(np.float64) for x in np.divmod(members.at, members.width))
    row, column = members.mean(rows), members.mean(columns)
    centroids = np.stack([row, column], -1)
    a = members.mean(rows * rows) - row * row
    c = members.mean(columns * columns) - column * column
    b = members.mean(rows * columns) - row * column
    middle, spread = (a + c) / 2, np.sqrt((a - c) ** 2 / 4 + b**2)
    major = middle + spread
    ratio = np.divide(middle - spread, major, out=np.ones(len(members)), where=major > 0)
    eccentricities = np.sqrt(1 - np.clip(ratio, 0, 1)).astype(np.float32)
    return centroids, members.areas, eccentricities
