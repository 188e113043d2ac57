"""Which pixels belong to cells and other stained things."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.filters import threshold_otsu
from skimage.measure import label
from skimage.morphology import remove_small_objects

from segmenter.shape import solidity

NOISE_DENSITY = 0.06
"""Optical density below which a field is empty: noise of a camera stays under it."""

DARK_PERCENTILE = 95.0
OTSU_SHARE = 0.85

ROUND_SOLIDITY = 0.6
"""A hole as solid as this is a pale centre; gaps between cells are less (measured, both ways)."""


def stain_of(density: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give one figure a pixel for how much stain there is, whatever its colour.

    Parameters
    ----------
    density
        (h, w, 3) float32, optical density.

    Returns
    -------
    (h, w) float32, >= 0, the length of the density vector.
    """
    return np.asarray(np.sqrt(np.einsum("ijk,ijk->ij", density, density)), np.float32)


def foreground_of(stain: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Separate what is stained from the empty field, at a threshold found for this field.

    Otsu's threshold on the stain, with nuclei and dirt cut off at a percentile so that they
    do not pull it up, and lowered a little so that outlines lie at the cells' feet.

    Parameters
    ----------
    stain
        (h, w) float32, from :func:`stain_of`.

    Returns
    -------
    (h, w) bool; all False where nothing stands out from the noise.
    """
    ceiling = float(np.percentile(stain[::2, ::2], DARK_PERCENTILE))
    if ceiling < NOISE_DENSITY:
        ceiling = float(stain.max())
    clipped = np.minimum(stain, ceiling)
    if not np.ptp(clipped) > NOISE_DENSITY:
        return np.zeros(stain.shape, bool)
    threshold = max(OTSU_SHARE * float(threshold_otsu(clipped)), NOISE_DENSITY)
    return np.asarray(stain > threshold)


def filled(
    foreground: NDArray[np.bool_], hole_area: float, smallest_area: float
) -> NDArray[np.bool_]:
    """Fill the pale centres of cells, and remove specks.

    A pale centre is round. A gap between cells that touch is bounded by arcs that bulge into
    it and stays open: filled, it would weld the cells together.

    Parameters
    ----------
    foreground
        (h, w) bool.
    hole_area
        Holes of at most this area are filled where they are round, in pixels.
    smallest_area
        Objects of at most this area are removed, in pixels, and holes as small are filled.
    """
    holes = label(~foreground, connectivity=1)
    areas = np.bincount(holes.ravel())
    small = np.flatnonzero((areas <= hole_area) & (np.arange(len(areas)) > 0))
    fills = np.zeros(len(areas), bool)
    slices = ndimage.find_objects(holes)
    for number in small.tolist():
        fills[number] = areas[number] <= smallest_area or _is_round(
            holes[slices[number - 1]] == number
        )
    return np.asarray(remove_small_objects(foreground | fills[holes], max_size=smallest_area))


def _is_round(hole: NDArray[np.bool_]) -> bool:
    return solidity(hole.astype(np.uint8)) >= ROUND_SOLIDITY
