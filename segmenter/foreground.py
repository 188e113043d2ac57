"""Which pixels belong to cells and other stained things."""

import numpy as np
from numpy.typing import NDArray
from skimage.filters import threshold_otsu

from segmenter.outlines import Slopes

NOISE = 0.06
"""Stain below which a field is empty: noise of a camera stays under it."""

DARK_PERCENTILE = 95.0
STEEPEST_BETWEEN = (0.4, 1.3)
"""Where the outlines' level is looked for, in Otsu's thresholds."""

FOOT = 0.9
"""The threshold, as a share of the level at which outlines are steepest."""

LEVELS = 40
"""Levels of stain told apart, a threshold of Otsu's."""

SMOOTHED_LEVELS = 9


def stain_of(absorbed: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give one figure a pixel for how much stain there is, whatever its colour.

    Parameters
    ----------
    absorbed
        (h, w, 3) float32, from :meth:`segmenter.illumination.Light.absorbed`.

    Returns
    -------
    (h, w) float32, in [0, 1.74], the length of the vector of the three channels.
    """
    return np.asarray(np.sqrt(np.einsum("ijk,ijk->ij", absorbed, absorbed)), np.float32)


def foreground_of(stain: NDArray[np.float32], slopes: Slopes) -> NDArray[np.bool_]:
    """Separate what is stained from the empty field, at a threshold found for this field.

    Near Otsu's threshold there is a level at which the stain changes most steeply: that of the
    cells' outlines. Plasma stained faintly, or dark cells among pale ones, pull Otsu's threshold
    away from it. Nuclei and dirt are cut off at a percentile first.

    Parameters
    ----------
    stain
        (h, w) float32, from :func:`stain_of`.
    slopes
        Its slopes.

    Returns
    -------
    (h, w) bool; all False where nothing stands out from the noise.
    """
    ceiling = float(np.percentile(stain[::2, ::2], DARK_PERCENTILE))
    if ceiling < NOISE:
        ceiling = float(stain.max())
    clipped = np.minimum(stain[::2, ::2], np.float32(ceiling))
    if not np.ptp(clipped) > NOISE:
        return np.zeros(stain.shape, bool)
    level = _steepest_level(stain, slopes, float(threshold_otsu(clipped)))
    return np.asarray(stain > max(FOOT * level, NOISE))


def _steepest_level(stain: NDArray[np.float32], slopes: Slopes, otsu: float) -> float:
    low, high = (round(LEVELS * share) for share in STEEPEST_BETWEEN)
    levels = np.minimum(stain * np.float32(LEVELS / otsu), np.float32(2 * LEVELS - 1))
    numbers = levels.astype(np.uint8).ravel()
    sizes = np.maximum(np.bincount(numbers, minlength=2 * LEVELS), 1)
    means = np.bincount(numbers, slopes.steepness.ravel(), 2 * LEVELS) / sizes
    smooth = np.convolve(means, np.ones(SMOOTHED_LEVELS), "same")
    return (low + int(np.argmax(smooth[low:high])) + 0.5) / LEVELS * otsu
