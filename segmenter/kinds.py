"""Tells red blood cells from everything else that is stained."""

import numpy as np
from numpy.typing import NDArray

from segmenter.measure import Members, Regions

CELL = "cell"
GRAPHIC, WHITE_CELL, BORDER = "graphic", "white_cell", "border"
PLATELET, DEBRIS, CLUMP = "platelet", "debris", "clump"

CLUMP_AREA = 2.3
"""A region larger than so many usual cells is a clump that could not be split."""

SMALLEST_AREA = 0.3
"""A region smaller than this share of a usual cell is a platelet or debris."""

NUCLEUS_REDNESS = 0.25
NUCLEUS_RATIO = 2.5
"""A nucleus absorbs so much red light, and so many times what the cells of the field do."""

NUCLEUS_AREA = 0.25
"""Least share of a usual cell's area that a nucleus, or a lobe of one, takes. Parasites take less:
the largest schizont of malaria-fields 0.13, where half of the white cells of bccd-fields take
0.4 and more."""

INK_REDNESS = 0.3
INK_RATIO = 2.0
INK_NEUTRAL = 0.85
"""Ink and pointers absorb so much red light, twice what cells do, and of red and blue nearly as
much as of green, of which cells absorb most."""

INK_AREA = 0.04
PURPLE_RATIO = 1.5


def kinds_of(
    regions: Regions,
    members: Members,
    absorbed: NDArray[np.float32],
    graphics: NDArray[np.bool_] | None = None,
) -> NDArray[np.str_]:
    """Name what each region is.

    Parameters
    ----------
    regions, members
        The n regions of one field, and their pixels.
    absorbed
        (h, w, 3) float32, share of the light that is missing.
    graphics
        (h, w) bool, what is known to be burned in.

    Returns
    -------
    (n,) str: ``"cell"``, or a kind of :class:`segmenter.cells.SetApart`.

    Notes
    -----
    Cells cut by the top or left border are counted, those that touch the bottom or right one
    are not: over many fields each cell on a border is then counted once.
    """
    if not len(regions):
        return np.empty(0, np.str_)
    usual = usual_area(regions.areas)
    light = absorbed.reshape(-1, 3)[members.at].T
    redness = members.mean(light[0])
    usual_redness = float(np.median(redness))
    nucleus = members.mean(_is_nucleus(light, usual_redness)) * regions.areas
    inked = _is_ink(light, usual_redness)
    if graphics is not None:
        inked |= graphics.ravel()[members.at]
    ink = members.mean(inked) * regions.areas
    small = regions.areas < SMALLEST_AREA * usual
    near, far = _touched(regions, absorbed.shape)
    return np.select(
        [
            ink > INK_AREA * usual,
            nucleus > NUCLEUS_AREA * usual,
            far | (near & small),
            small & (redness > PURPLE_RATIO * usual_redness),
            small,
            regions.areas > CLUMP_AREA * usual,
        ],
        [GRAPHIC, WHITE_CELL, BORDER, PLATELET, DEBRIS, CLUMP],
        CELL,
    )


def cells_in(regions: Regions, kinds: NDArray[np.str_]) -> NDArray[np.int32]:
    """Estimate how many red cells each region holds, (n,) int32.

    A clump holds as many as usual cells have its area, at least two; a region on the border is
    one cell; all other kinds but a cell hold none.
    """
    estimates = np.isin(kinds, (CELL, BORDER)).astype(np.int32)
    clumps = kinds == CLUMP
    if clumps.any():
        shares = regions.areas[clumps] / usual_area(regions.areas)
        estimates[clumps] = np.maximum(2, np.rint(shares))
    return estimates


def usual_area(areas: NDArray[np.float64]) -> float:
    """Give the median area of all but specks, however many there are; ``areas`` is not empty."""
    ordered = np.sort(areas)
    # Half of all that is stained lies in regions at least as large as this one.
    middle = ordered[np.searchsorted(np.cumsum(ordered), ordered.sum() / 2)]
    return float(np.median(ordered[ordered >= SMALLEST_AREA * middle]))


def _is_nucleus(light: NDArray[np.float32], usual_redness: float) -> NDArray[np.bool_]:
    return np.asarray(light[0] > max(NUCLEUS_REDNESS, NUCLEUS_RATIO * usual_redness))


def _is_ink(light: NDArray[np.float32], usual_redness: float) -> NDArray[np.bool_]:
    red, green, blue = light
    # In a grey picture all is neutral: only what is far darker than the cells is ink there.
    dark = red > max(INK_REDNESS, INK_RATIO * usual_redness)
    return np.asarray(dark & (np.minimum(red, blue) > INK_NEUTRAL * green))


def _touched(
    regions: Regions, shape: tuple[int, ...]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Say which regions touch the top or left border, and which the bottom or right one."""
    near = (regions.boxes[:, :2] == 0).any(axis=1)
    far = (regions.boxes[:, 2:] >= shape[:2]).any(axis=1)
    return np.asarray(near), np.asarray(far)
