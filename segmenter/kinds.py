"""Tells red blood cells from everything else that is stained."""

import numpy as np
from numpy.typing import NDArray

from segmenter.measure import Regions, mean_within

CELL = "cell"
CLUMP_AREA = 2.3
"""A region larger than so many usual cells is a clump that could not be split."""

SMALLEST_AREA = 0.3
"""A region smaller than this share of a usual cell is a platelet or debris."""

NUCLEUS_RED_DENSITY = 0.55
NUCLEUS_AREA = 0.6
BLACK_DENSITY = 0.9
BLACK_SHARE = 0.06
PURPLE_RATIO = 1.5


def kinds_of(
    regions: Regions, labels: NDArray[np.int32], density: NDArray[np.float32]
) -> NDArray[np.str_]:
    """Name what each region is.

    Parameters
    ----------
    regions
        The n regions of ``labels``.
    labels
        (h, w) int32.
    density
        (h, w, 3) float32, optical density.

    Returns
    -------
    (n,) str: ``"cell"``, or a kind of :class:`segmenter.cells.Segmentation` ``.not_cells``.

    Notes
    -----
    Cells cut by the top or left border are counted, those that touch the bottom or right one
    are not: over many fields each cell on a border is then counted once.
    """
    if not len(regions):
        return np.empty(0, np.str_)
    usual = _usual_area(regions.areas)
    red = density[..., 0]
    nucleus = mean_within((red > NUCLEUS_RED_DENSITY).astype(np.float32), labels)
    black = mean_within(_black(density).astype(np.float32), labels)
    redness = mean_within(red, labels)
    purple = redness > PURPLE_RATIO * np.median(redness)
    small = regions.areas < SMALLEST_AREA * usual
    return np.select(
        [
            _touches_far_border(regions, labels.shape),
            black > BLACK_SHARE,
            nucleus * regions.areas > NUCLEUS_AREA * usual,
            small & purple,
            small,
            regions.areas > CLUMP_AREA * usual,
        ],
        ["border", "graphic", "white_cell", "platelet", "debris", "clump"],
        CELL,
    )


def _usual_area(areas: NDArray[np.float64]) -> float:
    """Give the median area of all but specks, however many there are."""
    ordered = np.sort(areas)
    # Half of all that is stained lies in regions at least as large as this one.
    middle = ordered[np.searchsorted(np.cumsum(ordered), ordered.sum() / 2)]
    return float(np.median(ordered[ordered >= SMALLEST_AREA * middle]))


def _black(density: NDArray[np.float32]) -> NDArray[np.bool_]:
    dark = density > BLACK_DENSITY
    return np.asarray(dark[..., 0] & dark[..., 1] & dark[..., 2])


def _touches_far_border(regions: Regions, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    return np.asarray((regions.boxes[:, 2] >= shape[0]) | (regions.boxes[:, 3] >= shape[1]))
