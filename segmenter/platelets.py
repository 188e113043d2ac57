"""Which cells have a platelet, or stain, lying on or against them."""

import numpy as np
from numpy.typing import NDArray

from segmenter.measure import Members

BLUER = 1.8
"""A platelet absorbs so many times more of red, for what it absorbs of green, than cells do."""

DARKER = 1.3
FAINTEST = 0.1
"""It absorbs so many times the red light that cells do, and at least this share of it."""

LEAST_AREA = 0.02
"""Least part of a usual cell's area that it takes."""


def with_platelet(
    members: Members, absorbed: NDArray[np.float32], cells: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Mark regions that have something on them that is bluer than red cells are.

    Platelets and deposits of stain are; parasites are purple: none of the 365 infected cells
    found in malaria-fields is marked, and 57 of the 73 platelets that lie on or against a cell
    in bccd-fields are. A mark is a hint for who looks at a cell, and changes no count.

    Parameters
    ----------
    members
        The pixels of n regions.
    absorbed
        (h, w, 3) float32, share of the light that is missing.
    cells
        (n,) bool, which of the regions are red cells.

    Returns
    -------
    (n,) bool.
    """
    if not cells.any():
        return np.zeros(len(members), bool)
    red, green, _ = absorbed.reshape(-1, 3)[members.at].T
    usual_red, usual_green = (
        float(np.median(members.mean(plane)[cells])) for plane in (red, green)
    )
    usual_ratio = usual_red / max(usual_green, FAINTEST / 2)
    bluer = red > BLUER * usual_ratio * np.maximum(green, FAINTEST / 2)
    dark = red > max(DARKER * usual_red, FAINTEST)
    areas = members.mean(bluer & dark) * members.areas
    return np.asarray(areas > LEAST_AREA * np.median(members.areas[cells]))
