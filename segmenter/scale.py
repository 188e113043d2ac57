"""How large the cells of a field are, and at which scale to work."""

from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from config.settings import SegmenterSettings

RED_CELL_UM = 7.5
"""Mean diameter of a red blood cell (Diez-Silva et al. 2010, MRS Bulletin 35, 382)."""

WORKING_DIAMETER_PX = 20.0
GOOD_DIAMETERS_PX = (14.0, 30.0)
SCALES = (1.0, 0.75, 0.5, 0.375, 0.25, 0.1875, 0.125, 0.09375, 0.0625, 0.046875, 0.03125)
HALF = 0.5

FIRST_LOOK_PX = 320
FIRST_LOOK_SCALE = 0.125
"""Never less in a first look: the smallest cells of a very large frame would vanish."""

MOST_WORKING_PX = 16_000_000
"""Most pixels worked on, which bounds memory to about 1 GB; above, the scale gives way."""

PEAK_WINDOW = np.ones((9, 9), np.uint8)
TOLERANCE = 1.1
"""How much wider than the widest looked for a cell may read, for pixels are coarse."""

INSCRIBED = 0.9
"""Diameter of the circle within a usual cell, which is never quite round, to the cell's own."""


def scale_for(diameter_px: float, shape: tuple[int, ...]) -> float:
    """Give the scale at which a cell of a frame of this shape is about 20 pixels wide."""
    possible = _possible(shape)
    return min(possible, key=lambda scale: abs(np.log(scale * diameter_px / WORKING_DIAMETER_PX)))


def fits(diameter_px: float) -> bool:
    """Say whether cells of this diameter, in working pixels, can be worked on as they are."""
    return GOOD_DIAMETERS_PX[0] <= diameter_px <= GOOD_DIAMETERS_PX[1]


def first_scale(shape: tuple[int, ...], settings: SegmenterSettings) -> float:
    """Give the scale for a first look at a frame whose cells are not known yet."""
    if settings.um_per_pixel is not None:
        return scale_for(RED_CELL_UM / settings.um_per_pixel, shape)
    wanted = max(FIRST_LOOK_SCALE, FIRST_LOOK_PX / max(shape[:2]))
    return next((scale for scale in _possible(shape) if scale <= wanted), SCALES[-1])


def shrink(image: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Give ``image``, (h, w, 3) uint8, at ``scale``, each pixel the mean of those it covers.

    Its last rows and columns are repeated first where the scale does not divide its size, so
    that a working pixel is the same number of frame pixels everywhere.
    """
    step = Fraction(scale).denominator
    below, right = (-side % step for side in image.shape[:2])
    if below or right:
        image = np.asarray(
            cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_REPLICATE), np.uint8
        )
    return _shrink_evenly(image, scale)


def cell_diameter(foreground: NDArray[np.bool_], low_px: float, high_px: float) -> float | None:
    """Find the usual diameter of cells in a foreground.

    The distance transform peaks at a cell's centre with the radius of the largest circle
    within. The peaks are weighted by the area that they stand for, so that specks and
    platelets do not count for much.

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
    peaks = (distance == cv2.dilate(distance, PEAK_WINDOW)) & (distance >= low_px / 2)
    diameters = np.sort(2 * distance[peaks & (distance <= TOLERANCE * high_px / 2)])
    if not len(diameters):
        return None
    weight = np.cumsum(diameters**2)
    return float(diameters[np.searchsorted(weight, weight[-1] / 2)]) / INSCRIBED


def _shrink_evenly(image: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    if scale == 1.0:
        return image
    # OpenCV halves several times faster than it shrinks by any other factor.
    factor = HALF if scale <= HALF else scale
    size = round(image.shape[1] * factor), round(image.shape[0] * factor)
    smaller = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    return _shrink_evenly(smaller, scale / factor)


def _possible(shape: tuple[int, ...]) -> list[float]:
    pixels = shape[0] * shape[1]
    return [scale for scale in SCALES if scale**2 * pixels <= MOST_WORKING_PX] or [SCALES[-1]]
