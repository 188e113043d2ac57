"""How large the cells of a field are, and at which scale to work."""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from config.settings import SegmenterSettings

RED_CELL_UM = 7.5
"""Mean diameter of a red blood cell (Diez-Silva et al. 2010, MRS Bulletin 35, 382)."""

WORKING_DIAMETER_PX = 27.0
GOOD_DIAMETERS_PX = (19.0, 42.0)
SCALES = (1.0, 0.75, 0.5, 0.375, 0.25, 0.1875, 0.125, 0.0625)
FIRST_LOOK_PX = 480


def scale_for(diameter_px: float) -> float:
    """Give the scale at which a cell is about 27 pixels wide; never above 1."""
    return min(SCALES, key=lambda scale: abs(np.log(scale * diameter_px / WORKING_DIAMETER_PX)))


def fits(diameter_px: float) -> bool:
    """Say whether cells of this diameter, in working pixels, can be worked on as they are."""
    return GOOD_DIAMETERS_PX[0] <= diameter_px <= GOOD_DIAMETERS_PX[1]


def first_scale(shape: tuple[int, ...], settings: SegmenterSettings) -> float:
    """Give the scale for a first look at a frame whose cells are not known yet."""
    if settings.um_per_pixel is not None:
        return scale_for(RED_CELL_UM / settings.um_per_pixel)
    longest = max(shape[:2])
    return max((scale for scale in SCALES if scale * longest <= FIRST_LOOK_PX), default=SCALES[-1])


def shrink(image: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Give ``image``, (h, w, 3) uint8, at ``scale``, each pixel the mean of those it covers."""
    if scale == 1.0:
        return image
    height, width = image.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def cell_diameter(foreground: NDArray[np.bool_], low_px: float, high_px: float) -> float | None:
    """Find the usual diameter of cells in a foreground.

    The distance transform peaks at a cell's centre with its radius. The peaks are weighted by
    the area that they stand for, so that specks and platelets do not count for much.

    Parameters
    ----------
    foreground
        (h, w) bool, holes filled.
    low_px, high_px
        Diameters looked for, in pixels of ``foreground``.

    Returns
    -------
    float or None
        In pixels of ``foreground``; None where there is no cell of such a size.
    """
    distance = cv2.distanceTransform(foreground.astype(np.uint8), cv2.DIST_L2, 5)
    peaks = (distance == ndimage.maximum_filter(distance, size=9)) & (distance >= low_px / 2)
    diameters = np.sort(2 * distance[peaks & (distance <= high_px / 2)])
    if not len(diameters):
        return None
    weight = np.cumsum(diameters**2)
    return float(diameters[np.searchsorted(weight, weight[-1] / 2)])
