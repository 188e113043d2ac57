"""Outlines of cells, and drawing on small patches around them."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
ANGLES = 256


@dataclass(frozen=True)
class Outline:
    """A closed outline around the origin.

    Attributes
    ----------
    radii
        (256,) float64, distance to the outline in pixels at equally spaced angles; angle 0
        points to higher columns, angle pi / 2 to higher rows.
    """

    radii: NDArray[np.float64]

    def towards(self, angle: float) -> float:
        """Give the distance in pixels to the outline in the direction ``angle`` (radians)."""
        return float(self.radii[round(angle / (2 * np.pi) * ANGLES) % ANGLES])

    @cached_property
    def reach(self) -> float:
        """Largest distance from the origin, in pixels."""
        return float(self.radii.max())

    @cached_property
    def radius(self) -> float:
        """Radius in pixels of the circle of the same area."""
        return float(np.sqrt(np.mean(self.radii**2)))

    @cached_property
    def extent(self) -> tuple[int, int, int, int]:
        """(top, left, bottom, right) around the origin, half-open, in whole pixels."""
        rows, columns = self.radii * np.sin(_angles()), self.radii * np.cos(_angles())
        ends = (rows.min(), columns.min(), rows.max() + 1, columns.max() + 1)
        top, left, bottom, right = (round(float(end)) for end in ends)
        return top, left, bottom, right


@dataclass(frozen=True, slots=True)
class Patch:
    """Polar coordinates on a square patch around an outline.

    Attributes
    ----------
    rows, columns
        (n, n) float32, pixels from the centre.
    share
        (n, n) float32, distance from the centre as a share of the outline's: 1 is on it.
    inside
        (n, n) float32, in [0, 1], 1 inside the outline, smooth over a pixel at it.
    """

    rows: Plane
    columns: Plane
    share: Plane
    inside: Plane


def cell_outline(
    rng: np.random.Generator, diameter_px: float, irregularity: float = 0.02
) -> Outline:
    """Draw an outline: an ellipse with a few low Fourier harmonics on it.

    Parameters
    ----------
    rng
        Decides everything else.
    diameter_px
        Diameter of the circle of the same area.
    irregularity
        Standard deviation of the second harmonic, as a share of the radius.
    """
    angles = _angles()
    elongation = 1 + min(abs(rng.normal(0, 0.10)), 0.4)
    turned = angles - rng.uniform(0, np.pi)
    radii = 1 / np.hypot(np.cos(turned) / np.sqrt(elongation), np.sin(turned) * np.sqrt(elongation))
    for order in range(2, 7):
        swing = rng.normal(0, irregularity * 2 / order)
        radii = radii + swing * np.cos(order * angles + rng.uniform(0, 2 * np.pi))
    return Outline(radii * diameter_px / 2 / np.sqrt(np.mean(radii**2)))


def patch_around(outline: Outline, margin_px: float) -> Patch:
    """Lay a patch around an outline, with ``margin_px`` pixels to spare on each side."""
    half = int(np.ceil(outline.reach + margin_px))
    rows, columns = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32)
    distance = np.hypot(rows, columns)
    turn = np.arctan2(rows, columns) / (2 * np.pi) * ANGLES
    limit = np.interp(turn, np.arange(ANGLES), outline.radii, period=ANGLES).astype(np.float32)
    inside = np.clip(limit - distance + 0.5, 0, 1)
    return Patch(rows, columns, distance / limit, inside)


def disc(patch: Patch, row: float, column: float, radius: float, soft: float = 1.0) -> Plane:
    """Draw a disc.

    Parameters
    ----------
    patch
        Where.
    row, column
        Its centre, in pixels from the patch's centre.
    radius, soft
        Its radius and the width of its edge, in pixels.

    Returns
    -------
    (n, n) float32, in [0, 1]
    """
    distance = np.hypot(patch.rows - row, patch.columns - column)
    edge: Plane = np.clip((radius - distance) / max(soft, 0.5) + 0.5, 0, 1)
    return edge


def blotches(rng: np.random.Generator, patch: Patch, grain_px: float) -> Plane:
    """Draw smooth noise of mean 0 and standard deviation 1 with grains of ``grain_px`` pixels."""
    size = patch.rows.shape[0]
    coarse = rng.normal(size=(2 + int(size / grain_px),) * 2).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)


def _angles() -> NDArray[np.float64]:
    return np.linspace(0, 2 * np.pi, ANGLES, endpoint=False, dtype=np.float64)
