"""Measures every labelled region at once."""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from segmenter.cells import Cells
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


def measure(labels: NDArray[np.int32]) -> Regions:
    """Measure the regions of ``labels``, (h, w) int32, numbered 1 ... n without a gap."""
    count = int(labels.max(initial=0))
    found = ndimage.find_objects(labels, max_label=count)
    slices = [cast("tuple[slice, slice]", part) for part in found]
    boxes = np.array(
        [(rows.start, columns.start, rows.stop, columns.stop) for rows, columns in slices],
        np.int32,
    ).reshape(-1, 4)
    areas, centroids, eccentricities = _moments(labels, count)
    return Regions(boxes, centroids, areas, eccentricities, _solidities(labels, slices))


def mean_within(values: NDArray[np.float32], labels: NDArray[np.int32]) -> NDArray[np.float64]:
    """Average ``values``, (h, w) or (h, w, c), over each region; (n,) or (n, c) float64."""
    count = int(labels.max(initial=0))
    inside = np.flatnonzero(labels)
    of = labels.ravel()[inside]
    areas = np.bincount(of, minlength=count + 1)[1:]
    planes = values.reshape(labels.size, -1)[inside].T
    sums = [np.bincount(of, plane, count + 1)[1:] for plane in planes]
    means = np.stack(sums, -1) / areas[:, None]
    return means if values.ndim > labels.ndim else means[:, 0]


def to_cells(
    regions: Regions, colours: NDArray[np.float64], scale: float, shape: tuple[int, ...]
) -> Cells:
    """Give regions as cells, in pixels of the frame.

    Parameters
    ----------
    regions, colours
        The cells, and (n, 3) mean RGB.
    scale
        Working pixels per frame pixel.
    shape
        (h, w, ...) of the frame, which no box may leave.
    """
    height, width = shape[:2]
    low = np.floor(regions.boxes[:, :2] / scale)
    high = np.minimum(np.ceil(regions.boxes[:, 2:] / scale), (height, width))
    areas = regions.areas / scale**2
    return Cells(
        boxes=np.concatenate([low, high], axis=1).astype(np.int32),
        centroids=((regions.centroids + 0.5) / scale - 0.5).astype(np.float32),
        areas=areas.astype(np.float32),
        diameters=np.sqrt(4 / np.pi * areas).astype(np.float32),
        eccentricities=regions.eccentricities,
        solidities=regions.solidities,
        mean_colours=np.rint(colours).astype(np.uint8),
    )


def _moments(
    labels: NDArray[np.int32], count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float32]]:
    rows, columns = np.nonzero(labels)
    of = labels[rows, columns] - 1
    areas = np.bincount(of, minlength=count).astype(np.float64)
    centroids = np.stack([np.bincount(of, x, count) / areas for x in (rows, columns)], -1)
    down, across = rows - centroids[of, 0], columns - centroids[of, 1]
    a = np.bincount(of, down * down, count) / areas
    c = np.bincount(of, across * across, count) / areas
    b = np.bincount(of, down * across, count) / areas
    middle, spread = (a + c) / 2, np.sqrt((a - c) ** 2 / 4 + b**2)
    major = middle + spread
    ratio = np.divide(middle - spread, major, out=np.ones(count), where=major > 0)
    return areas, centroids, np.sqrt(1 - np.clip(ratio, 0, 1)).astype(np.float32)


def _solidities(
    labels: NDArray[np.int32], slices: list[tuple[slice, slice]]
) -> NDArray[np.float32]:
    parts = ((labels[where] == i + 1).astype(np.uint8) for i, where in enumerate(slices))
    return np.array([solidity(part) for part in parts], np.float32)
