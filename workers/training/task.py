"""What a network is asked to do with a batch of examples."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workers.card import Normalisation
from workers.inputs import Inputs, centred, normalise
from workers.training.drawing import (
    Picture,
    blurred,
    stained,
    turned,
    with_artefacts,
    with_grain,
    with_lesions,
    with_pairs,
)
from workers.training.drawing.chance import Chance


@dataclass(frozen=True, slots=True)
class Batch:
    """n examples as a network learns from them.

    Attributes
    ----------
    seen
        (n, c, h, w) float32, what the network gets.
    clean
        What it should rebuild, and where the cells are.
    lesions
        (n, 1, h, w) float32, 1 where an anomaly was drawn, else 0; None: nothing was drawn.
    """

    seen: Tensor
    clean: Inputs
    lesions: Tensor | None

    def on(self, device: torch.device) -> "Batch":
        """Give the same on a device."""
        clean = Inputs(self.clean.pixels.to(device), self.clean.mask.to(device))
        lesions = None if self.lesions is None else self.lesions.to(device)
        return Batch(self.seen.to(device), clean, lesions)


class Task(Protocol):
    """Makes batches of examples."""

    def plain(self, crops: NDArray[np.uint8]) -> Inputs:
        """Prepare (n, h, w, c) uint8 as when they are scored."""
        ...

    def batch(
        self,
        crops: NDArray[np.uint8],
        anomalous: NDArray[np.bool_],
        generator: torch.Generator,
        vary: bool,
    ) -> Batch:
        """Make a batch.

        Parameters
        ----------
        crops
            (n, h, w, c) uint8.
        anomalous
            (n,) bool; nothing is drawn into these.
        generator
            Source of chance.
        vary
            False: examples to validate with, which stay as they are but for what is drawn.
        """
        ...


@dataclass(frozen=True, slots=True)
class CellTask:
    """Cells, varied in stain and sharpness, with drawn lesions or noise to take away.

    Attributes
    ----------
    normalisation, outside_value
        As when cells are scored.
    vary
        Turn, flip, stain and blur cells anew each time.
    lesions
        Draw lesions into most of the cells, and into some what healthy ones have as well.
    noise
        Standard deviation of noise, in normalised units, added to most of the cells; 0: none.
    """

    normalisation: Normalisation
    outside_value: int
    vary: bool = True
    lesions: bool = True
    noise: float = 0.0

    def plain(self, crops: NDArray[np.uint8]) -> Inputs:
        """Prepare (n, h, h, 3) uint8 as when they are scored."""
        return normalise(torch.from_numpy(crops), self.outside_value, self.normalisation)

    def batch(
        self,
        crops: NDArray[np.uint8],
        anomalous: NDArray[np.bool_],
        generator: torch.Generator,
        vary: bool,
    ) -> Batch:
        """Make a batch of (n, h, h, 3) uint8, see :class:`Task`."""
        chance = Chance(generator)
        varied = vary and self.vary
        clean = Picture.of(torch.from_numpy(crops), self.outside_value)
        if varied:
            clean = stained(turned(clean, chance), chance)
        clean, drawn, where = self._drawn(clean, chance, torch.from_numpy(~anomalous))
        if varied:
            clean, drawn = blurred((clean, drawn), chance)
            drawn = with_grain(drawn, chance)
        # Lesions are drawn in colour, whatever a network sees of it.
        clean, drawn = (picture.looked_at(self.normalisation) for picture in (clean, drawn))
        return self._normalised(clean, drawn, where, generator)

    def _drawn(
        self, clean: Picture, chance: Chance, healthy: Tensor
    ) -> tuple[Picture, Picture, Tensor | None]:
        if not self.lesions:
            return clean, clean, None
        clean = with_artefacts(with_pairs(clean, chance), chance)
        drawn, where = with_lesions(clean, chance, healthy)
        return clean, drawn, where

    def _normalised(
        self,
        clean: Picture,
        drawn: Picture,
        where: Tensor | None,
        generator: torch.Generator,
    ) -> Batch:
        """Centre both on the colour that will be seen when such a cell is scored."""
        mean = drawn.mean()
        seen = centred(drawn.pixels, drawn.mask, mean, self.normalisation)
        target = centred(clean.pixels, clean.mask, mean, self.normalisation)
        if self.noise:
            seen = with_noise(seen, drawn.mask, self.noise, generator)
        return Batch(seen, Inputs(target, clean.mask), where)


NOT_NOISY_SHARE = 0.35
"""Share of examples without noise: what is clean must be rebuilt well, too."""


def with_noise(seen: Tensor, mask: Tensor, amount: float, generator: torch.Generator) -> Tensor:
    """Add Gaussian noise of standard deviation ``amount`` to most examples, inside the mask.

    Parameters
    ----------
    seen, mask
        (n, c, h, w) and (n, 1, h, w) float32.
    amount
        In normalised units.
    generator
        Source of chance.
    """
    noise = torch.randn(seen.shape, generator=generator)
    noisy = torch.rand(len(noise), 1, 1, 1, generator=generator) >= NOT_NOISY_SHARE
    return seen + amount * noise * noisy * mask
