"""The sprites of one slide, painted when first seen and then kept."""

from functools import lru_cache

import numpy as np

from monitor.sources.simulated.other_cells import deposit, platelet, white_cell
from monitor.sources.simulated.red_cells import Sprite, red_cell
from monitor.sources.simulated.shapes import Outline, cell_outline
from monitor.sources.simulated.stains import Stain
from monitor.sources.simulated.truth import STAGES

SHAPES = 256
VARIANTS = 48
DIAMETER_SPREAD = 0.06
SHARPNESS = 0.024
PLATELET, WHITE_CELL, DEPOSIT = range(3)


class SpriteBank:
    """All looks that cells of one slide can have; which one is drawn first makes no difference.

    Parameters
    ----------
    seed
        Of the slide.
    stain
        Its colours.
    diameter_px
        Mean diameter of its red cells.
    """

    def __init__(self, seed: int, stain: Stain, diameter_px: float) -> None:
        self._seed = seed
        self._stain = stain
        self._diameter = diameter_px
        self._sharp = SHARPNESS * diameter_px
        self.outlines = tuple(self._outline(shape) for shape in range(SHAPES))
        self.cell = lru_cache(maxsize=SHAPES * len(STAGES))(self._cell)
        self.other = lru_cache(maxsize=3 * VARIANTS)(self._other)

    def _outline(self, shape: int) -> Outline:
        rng = np.random.default_rng([self._seed, 21, shape])
        spread = np.clip(rng.normal(0, DIAMETER_SPREAD), -0.16, 0.16)
        return cell_outline(rng, self._diameter * (1 + spread))

    def _cell(self, shape: int, stage: int) -> Sprite:
        seed = (self._seed, 22, shape)
        return red_cell(self.outlines[shape], self._stain, STAGES[stage], seed, self._sharp)

    def _other(self, kind: int, variant: int) -> Sprite:
        rng = np.random.default_rng([self._seed, 23, kind, variant])
        if kind == PLATELET:
            return platelet(rng, self._stain, self._diameter, self._sharp)
        if kind == WHITE_CELL:
            return white_cell(rng, self._stain, self._diameter, self._sharp)
        return deposit(rng, self._diameter, self._sharp)
