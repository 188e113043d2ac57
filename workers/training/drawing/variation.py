"""Varies cells as microscopes and stains do."""

import torch
from torch import Tensor

from workers.blur import blurred_inside
from workers.training.drawing.chance import Chance
from workers.training.drawing.picture import BACKGROUND, BRIGHTEST, DARKEST, Picture

BLUR_PX = (0.25, 1.0)
BLUR_SHARE = 0.38
BLUR_RADIUS_PX = 3
GRAIN_LEVELS = 4.0
LEAST_LIGHT = 1e-3


def turned(picture: Picture, chance: Chance) -> Picture:
    """Turn by quarters and flip, all cells alike."""
    turns, flip = int(chance.kinds(4, 1)), chance.number() < 0.5  # noqa: PLR2004 - a coin

    def turn(maps: Tensor) -> Tensor:
        maps = torch.rot90(maps, turns, (2, 3))
        return maps.flip(3) if flip else maps

    return Picture(turn(picture.pixels), turn(picture.mask))


def stained(picture: Picture, chance: Chance) -> Picture:
    """Let each cell absorb more or less, and a little more in one colour than in another."""
    strength = chance.colour((0.75, 1.3), ((0.9, 1.1),) * 3, len(picture))
    light = (picture.pixels / BACKGROUND).clamp(LEAST_LIGHT, 1)
    return Picture(BACKGROUND * light**strength * picture.mask, picture.mask)


def blurred(pictures: tuple[Picture, Picture], chance: Chance) -> tuple[Picture, Picture]:
    """Blur some batches, both pictures of a cell alike, over the cells alone."""
    sigma_px = BLUR_PX[0] + (BLUR_PX[1] - BLUR_PX[0]) * chance.number()
    if chance.number() >= BLUR_SHARE:
        return pictures
    first, second = pictures
    return _blurred(first, sigma_px), _blurred(second, sigma_px)


def _blurred(picture: Picture, sigma_px: float) -> Picture:
    pixels = blurred_inside(picture.pixels, picture.mask, sigma_px, BLUR_RADIUS_PX)
    return Picture(pixels, picture.mask)


def with_grain(picture: Picture, chance: Chance) -> Picture:
    """Add the noise of a camera, of another strength in each cell."""
    noise = torch.randn(picture.pixels.shape, generator=chance.generator)
    amount = chance.between(0, GRAIN_LEVELS, len(picture))[:, None]
    pixels = (picture.pixels + amount * noise).clamp(DARKEST, BRIGHTEST)
    return Picture(pixels * picture.mask, picture.mask)
