"""Marks what is darker or brighter than the background around it."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

COARSE = 4
BLOCK = 5
"""The background is sought in blocks of so many coarse pixels: some of each lie between cells."""

ROUNDS = 4
OUTSIDE = 0.02
OUTSIDE_WEIGHT = 0.02
"""What is off the background by more than this share, cells and dirt, hardly weighs in."""


def stands_out(colours: NDArray[np.uint8], depth: float) -> NDArray[np.uint8]:
    """Mark the pixels that are darker or brighter than the background behind them.

    Parameters
    ----------
    colours
        (rh, rw, 3) uint8, RGB: a reduced frame.
    depth
        By which share of the background, in (0, 1).

    Returns
    -------
    (2, rh, rw) uint8, 0 or 1: where it is darker, where it is brighter.
    """
    green = np.ascontiguousarray(colours[:, :, 1])
    light = background(green)
    return np.stack([green < (1 - depth) * light, green > (1 + depth) * light]).view(np.uint8)


def background(green: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give the brightness behind cells and dirt, (rh, rw) float32.

    It is a surface of the second degree, as lamps and vignetting make it, through the brightest
    of each block; blocks without background lie off it and are left aside step by step.
    """
    height, width = green.shape
    size = max(1, width // COARSE), max(1, height // COARSE)
    coarse = cv2.medianBlur(cv2.resize(green, size, interpolation=cv2.INTER_AREA), 3)
    brightest = cv2.dilate(coarse, np.ones((BLOCK, BLOCK), np.uint8))
    terms = _terms(size[1], size[0])
    middle = slice(BLOCK // 2, None, BLOCK)
    surface = terms @ _fitted(
        terms[middle, middle].reshape(-1, 6), brightest[middle, middle].ravel().astype(np.float64)
    )
    return np.asarray(cv2.resize(surface.astype(np.float32), (width, height)), np.float32)


def _fitted(terms: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.ones(len(values))
    # The ridge keeps a picture too small for six terms from being more than a plane.
    ridge = 1e-6 * len(values) * np.eye(6)
    for _ in range(ROUNDS):
        weighted = terms.T * weights
        factors = np.linalg.solve(weighted @ terms + ridge, weighted @ values)
        off = values - terms @ factors
        near = np.abs(off) <= OUTSIDE * np.maximum(values, 1.0)
        # Cells and dirt are mostly darker: the surface is drawn to the bright side.
        weights = np.where(near, 1.0, np.where(off > 0, 10 * OUTSIDE_WEIGHT, OUTSIDE_WEIGHT))
    return np.asarray(factors, np.float64)


@lru_cache(maxsize=2)
def _terms(height: int, width: int) -> NDArray[np.float64]:
    rows = np.linspace(-1, 1, height)[:, None] + np.zeros((1, width))
    columns = np.linspace(-1, 1, width)[None, :] + np.zeros((height, 1))
    ones = np.ones((height, width))
    return np.stack([ones, rows, columns, rows**2, rows * columns, columns**2], axis=-1)
