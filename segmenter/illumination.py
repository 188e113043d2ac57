"""The empty field's colour at every pixel, and how much light is missing there."""

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.filters import threshold_otsu

COARSE_PX = 64
REFINEMENTS = 2
MIN_BACKGROUND_SHARE = 0.02


def background_of(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Estimate the empty field: a quadratic surface a channel, fitted to what is not covered.

    A quadratic follows a lamp and a vignette but cannot sink into a crowd of cells, as a
    morphological estimate would.

    Parameters
    ----------
    image
        (h, w, 3) uint8, RGB.

    Returns
    -------
    (h, w, 3) float32, in [1, 255].
    """
    height, width = image.shape[:2]
    factor = min(1.0, COARSE_PX / max(height, width))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    coarse = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    terms = _quadratic_terms(*coarse.shape[:2])
    surface = np.broadcast_to(np.percentile(coarse, 90, axis=(0, 1)), coarse.shape)
    for _ in range(REFINEMENTS):
        surface = _fit(coarse, terms, _uncovered(coarse, surface))
    smooth = cv2.resize(surface.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(smooth.reshape(height, width, 3), 1, 255)


def optical_density(
    image: NDArray[np.uint8], background: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Give the light that is missing, in natural logarithms, a channel at a time.

    Parameters
    ----------
    image
        (h, w, 3) uint8, RGB.
    background
        (h, w, 3) float32, the empty field.

    Returns
    -------
    (h, w, 3) float32, >= 0; 0 where it is as bright as the empty field or brighter.
    """
    ratio = background / np.maximum(image, np.float32(1))
    return np.log(np.maximum(ratio, np.float32(1)))


def _quadratic_terms(height: int, width: int) -> NDArray[np.float32]:
    rows, columns = np.meshgrid(
        np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij"
    )
    terms = [np.ones_like(rows), rows, columns, rows * columns, rows**2, columns**2]
    return np.stack(terms, -1).reshape(-1, len(terms)).astype(np.float32)


def _uncovered(coarse: NDArray[np.float32], surface: NDArray[np.float32]) -> NDArray[np.bool_]:
    darkness = np.clip(surface - coarse, 0, None).max(axis=2)
    if np.ptp(darkness) < 1:
        return np.ones(darkness.shape, bool)
    return np.asarray(darkness < 0.5 * threshold_otsu(darkness))


def _fit(
    coarse: NDArray[np.float32], terms: NDArray[np.float32], uncovered: NDArray[np.bool_]
) -> NDArray[np.float32]:
    chosen = uncovered.ravel()
    if chosen.mean() < MIN_BACKGROUND_SHARE:
        return np.broadcast_to(np.percentile(coarse, 98, axis=(0, 1)), coarse.shape)
    pixels = coarse.reshape(-1, 3)
    weights = _least_squares(terms[chosen], pixels[chosen])
    # Beyond what was seen a quadratic runs away; the field's own range holds it.
    low, high = np.percentile(pixels[chosen], (1, 99), axis=0)
    return np.asarray(np.clip((terms @ weights).reshape(coarse.shape), low, high), np.float32)


def _least_squares(terms: NDArray[np.float32], values: NDArray[np.float32]) -> NDArray[np.float32]:
    # By the normal equations: with six terms in [-1, 1] they are well conditioned, and fast.
    return np.asarray(np.linalg.lstsq(terms.T @ terms, terms.T @ values, rcond=None)[0])
