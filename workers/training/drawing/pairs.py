"""Puts two cells into one outline, as where the segmenter takes a pair for one cell."""

import torch
from torch import Tensor
from torch.nn import functional

from workers.training.drawing.chance import Chance
from workers.training.drawing.picture import BACKGROUND, Picture
from workers.training.drawing.shapes import TURN

SHARE = 0.1
ALIKE_LEVELS = 6.0
"""Partners whose colours differ by less, in grey levels, are as likely as each other."""
BRIDGED_PX = 5
"""Gaps up to about this width lie inside the outline in half of the pairs."""


def with_pairs(picture: Picture, chance: Chance) -> Picture:
    """Replace some cells by themselves and one of like colour, smaller, apart or overlapping."""
    cells = chance.some(SHARE, len(picture))
    if not len(cells) or len(picture) < 2:  # noqa: PLR2004 - a pair
        return picture
    partners = _alike(picture, cells, chance)
    turn = chance.between(0, TURN, len(cells))[:, 0, 0]
    zoom = chance.between(0.5, 0.72, len(cells))[:, 0, 0]
    apart = chance.between(0.25, 1.05, len(cells))[:, 0, 0] / 1.6
    first, of_first = _placed(picture, cells, turn, zoom, apart)
    second, of_second = _placed(picture, partners, turn, zoom, -apart)
    bridged = chance.coin(0.5, len(cells))[:, None] > 0
    both = of_first.maximum(of_second)
    mask, pixels = picture.mask.clone(), picture.pixels.clone()
    mask[cells] = torch.where(bridged, _closed(both), both)
    pixels[cells] = first * second / BACKGROUND * mask[cells]
    return Picture(pixels, mask)


def _alike(picture: Picture, cells: Tensor, chance: Chance) -> Tensor:
    """Give for each of ``cells`` another cell of the same stain, (m,) int64."""
    colours = picture.mean()[:, :, 0, 0]
    unlike = torch.cdist(colours[cells], colours)
    unlike = unlike + ALIKE_LEVELS * torch.rand(unlike.shape, generator=chance.generator)
    unlike[torch.arange(len(cells)), cells] = torch.inf
    return unlike.argmin(1)


def _placed(
    picture: Picture, cells: Tensor, turn: Tensor, zoom: Tensor, apart: Tensor
) -> tuple[Tensor, Tensor]:
    """Shrink cells and move them off the middle: pixels on an empty field, and masks."""
    map_to = torch.zeros(len(cells), 2, 3)
    map_to[:, 0, 0] = map_to[:, 1, 1] = 1 / zoom
    map_to[:, 0, 2], map_to[:, 1, 2] = -apart * turn.cos(), -apart * turn.sin()
    shape = [len(cells), 4, picture.size, picture.size]
    grid = functional.affine_grid(map_to, shape, align_corners=False)
    mask = picture.mask[cells]
    darker = (picture.pixels[cells] - BACKGROUND) * mask
    moved = functional.grid_sample(torch.cat([darker, mask], 1), grid, align_corners=False)
    return moved[:, :3] + BACKGROUND, (moved[:, 3:] > 0.5).to(mask.dtype)  # noqa: PLR2004


def _closed(mask: Tensor) -> Tensor:
    """Fill narrow gaps: morphological closing."""
    half = BRIDGED_PX // 2
    wide = functional.max_pool2d(mask, BRIDGED_PX, 1, half)
    return -functional.max_pool2d(-wide, BRIDGED_PX, 1, half)
