"""What else lies on a smear: platelets, white cells and stain deposits."""

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.sources.simulated.red_cells import Sprite, sprite
from monitor.sources.simulated.shapes import (
    Patch,
    Plane,
    blotches,
    cell_outline,
    disc,
    patch_around,
)
from monitor.sources.simulated.stains import Rgb, Stain

GRANULOCYTES = 0.7
DEPOSIT: Rgb = (0.9, 1.3, 0.8)
WHITE_CELL_BODY: Rgb = (0.10, 0.28, 0.06)


def platelet(rng: np.random.Generator, stain: Stain, diameter: float, sharp: float) -> Sprite:
    """Paint a platelet.

    Parameters
    ----------
    rng
        Decides its looks.
    stain
        The slide's colours.
    diameter
        Of the slide's red cells, in pixels.
    sharp
        Standard deviation of the lens's point spread in pixels.
    """
    own = diameter * rng.uniform(0.2, 0.36)
    patch = patch_around(cell_outline(rng, own, 0.06), 4 + 3 * sharp)
    grain = np.clip(0.8 + 0.35 * blotches(rng, patch, own / 5), 0.1, 1.6)
    body = patch.inside * np.clip(1.5 - patch.share, 0.4, 1.1) * grain * rng.uniform(0.7, 1.2)
    return sprite(_coloured(body, stain.granules), sharp)


def white_cell(rng: np.random.Generator, stain: Stain, diameter: float, sharp: float) -> Sprite:
    """Paint a white cell: a granulocyte with lobes, or a lymphocyte; parameters as above."""
    lobed = rng.random() < GRANULOCYTES
    own = diameter * (rng.uniform(1.5, 1.9) if lobed else rng.uniform(1.1, 1.35))
    patch = patch_around(cell_outline(rng, own, 0.03), 6 + 3 * sharp)
    nucleus = _lobes(rng, patch, own) if lobed else _round_nucleus(rng, patch, own)
    nucleus = nucleus * np.clip(1 + 0.12 * blotches(rng, patch, own / 10), 0.6, 1.4)
    body = patch.inside * np.clip(1 + 0.25 * blotches(rng, patch, own / 20), 0.3, 1.8)
    density = _coloured(nucleus, stain.nucleus) + _coloured(body, WHITE_CELL_BODY)
    return sprite(density, sharp)


def deposit(rng: np.random.Generator, diameter: float, sharp: float) -> Sprite:
    """Paint a stain deposit: a loose heap of dark specks; parameters as above."""
    own = diameter * rng.uniform(0.25, 0.7)
    patch = patch_around(cell_outline(rng, own, 0.08), 4 + 3 * sharp)
    heap = np.zeros_like(patch.rows)
    for _ in range(int(rng.integers(3, 12))):
        away = rng.normal(0, own / 6, 2)
        speck = disc(patch, away[0], away[1], diameter * rng.uniform(0.015, 0.05), 1)
        heap = np.maximum(heap, speck * rng.uniform(0.4, 1))
    return sprite(_coloured(heap * patch.inside, DEPOSIT), sharp)


def _lobes(rng: np.random.Generator, patch: Patch, diameter: float) -> Plane:
    count = int(rng.integers(2, 5))
    turn, bend = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 1.3)
    nucleus = np.zeros_like(patch.rows)
    middle = diameter * 0.2
    for lobe in np.linspace(-1, 1, count * 3):
        angle = turn + lobe * bend * 1.4
        thick = 0.10 + 0.055 * np.cos(lobe * np.pi * (count - 1))
        at = middle * np.sin(angle), middle * np.cos(angle)
        nucleus = np.maximum(nucleus, disc(patch, *at, diameter * thick, 2))
    return np.asarray(cv2.GaussianBlur(nucleus, (0, 0), diameter * 0.012), np.float32)


def _round_nucleus(rng: np.random.Generator, patch: Patch, diameter: float) -> Plane:
    away = rng.normal(0, 0.03 * diameter, 2)
    return disc(patch, float(away[0]), float(away[1]), 0.41 * diameter, 2)


def _coloured(plane: Plane, colour: Rgb) -> NDArray[np.float32]:
    return plane[..., None].astype(np.float32) * np.array(colour, np.float32)
