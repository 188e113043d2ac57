"""The empty field's colour at every pixel, and which share of its light is missing there."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.filters import threshold_otsu

COARSE_PX = 64
REFINEMENTS = 2
MIN_BACKGROUND_SHARE = 0.02

BLACK = 0.25
LEAST_BEYOND = 0.02
"""What lies beyond an eyepiece's field has less of its light, over more of the picture."""


@dataclass(frozen=True, slots=True)
class Light:
    """The empty field of a picture.

    Attributes
    ----------
    surface
        (h', w', 3) float32, in [1, 255], RGB, over the whole picture on a coarse grid.
    beyond
        (h', w') bool, on the same grid: black, since it lies beyond the round field of an
        eyepiece.
    """

    surface: NDArray[np.float32]
    beyond: NDArray[np.bool_]

    @property
    def mean(self) -> NDArray[np.float32]:
        """Mean colour, (3,) float32."""
        return np.asarray(self.surface.mean(axis=(0, 1)), np.float32)

    def absorbed(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Give the share of the light that is missing, a channel at a time.

        Parameters
        ----------
        image
            (h, w, 3) uint8, RGB, the picture itself.

        Returns
        -------
        (h, w, 3) float32, in [0, 1]; 0 where it is as bright as the empty field or brighter.
        Where all is absorbed it saturates, unlike optical density, so that a pale cell is not
        lost beside dark ones. 0 too beyond the field of an eyepiece.
        """
        height, width = image.shape[:2]
        inverse = cv2.resize(1 / self.surface, (width, height), interpolation=cv2.INTER_LINEAR)
        inverse = inverse.reshape(image.shape)
        passed = cv2.multiply(image, inverse, dtype=cv2.CV_32F).reshape(image.shape)
        absorbed = np.maximum(1 - passed, np.float32(0), dtype=np.float32)
        if self.beyond.any():
            beyond = cv2.dilate(self.beyond.astype(np.uint8), np.ones((3, 3), np.uint8))
            wide = cv2.resize(beyond, (width, height), interpolation=cv2.INTER_NEAREST)
            absorbed[wide.reshape(height, width) > 0] = 0
        return absorbed


def light_of(image: NDArray[np.uint8]) -> Light:
    """Estimate the empty field: a quadratic surface a channel, fitted to what is not covered.

    A quadratic follows a lamp and a vignette but cannot sink into a crowd of cells, as a
    morphological estimate would.

    Parameters
    ----------
    image
        (h, w, 3) uint8, RGB.
    """
    height, width = image.shape[:2]
    factor = min(1.0, COARSE_PX / max(height, width))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    coarse = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    terms = _quadratic_terms(*coarse.shape[:2])
    surface = np.broadcast_to(np.percentile(coarse, 90, axis=(0, 1)), coarse.shape)
    beyond = _beyond(coarse, surface[0, 0])
    for _ in range(REFINEMENTS):
        surface = _fit(coarse, terms, _uncovered(coarse, surface) & ~beyond)
    return Light(np.clip(surface, 1, 255).astype(np.float32), beyond)


def _quadratic_terms(height: int, width: int) -> NDArray[np.float32]:
    rows, columns = np.meshgrid(
        np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij"
    )
    terms = [np.ones_like(rows), rows, columns, rows * columns, rows**2, columns**2]
    return np.stack(terms, -1).reshape(-1, len(terms)).astype(np.float32)


def _beyond(coarse: NDArray[np.float32], empty: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Find large black parts of a coarse picture, (h', w') bool; ``empty`` is (3,)."""
    black = np.asarray((coarse < BLACK * empty).all(axis=2), np.uint8)
    _, parts, boxes, _ = cv2.connectedComponentsWithStats(black)
    large = boxes[:, cv2.CC_STAT_AREA] > LEAST_BEYOND * black.size
    large[0] = False
    return np.asarray(large[parts])


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
