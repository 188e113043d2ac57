"""Where the centres of cells are, by what the outlines around them point at."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segmenter.outlines import Slopes
from segmenter.shape import disc

RADII = (0.85, 1.1)
"""How far from an outline its cell's centre is looked for, in usual radii."""

SPREAD = 0.24
"""Standard deviation of a vote, in usual radii."""

FAINTEST, STEEPEST = 0.05, 0.25
"""Least and most change of stain that counts, as shares of the usual contrast a pixel."""

CERTAIN = 0.16
"""Votes that only a cell's centre gets: pale, broken or crowded, not a gap between cells."""

ACCOUNTED_FOR = 0.8
"""Share of what is stained that cells with certain centres cover in all but crowded fields."""

STEP = 0.89
"""From one diameter tried to the next smaller one."""

SMALLEST = 0.3
"""Smallest diameter tried, to that by the widths."""

ALONE = 0.3
"""Least distance between such centres, in usual radii."""


def centre_votes(slopes: Slopes, diameter_px: float, contrast: float) -> NDArray[np.float32]:
    """Give for each point the share of a cell's outline that lies around it.

    Every pixel where the stain rises votes for the points about one radius uphill. A cell's
    outline meets in its centre, whether it lies alone or in a crowd and whether its centre is
    pale or not. A gap between cells gets no votes: all around it the stain rises away from it.

    Parameters
    ----------
    slopes
        Of the stain, (h, w).
    diameter_px
        Usual diameter of a cell, in pixels.
    contrast
        Usual stain of a cell, > 0.

    Returns
    -------
    (h, w) float32, >= 0; about 0.4 at the centre of a lone, round, sharp cell.

    Notes
    -----
    After the radial symmetry transform of Loy and Zelinsky, IEEE Trans. PAMI 25, 959 (2003).
    """
    radius = np.float32(diameter_px / 2)
    rows, columns, down, across, weights = _outlines(slopes, contrast)
    height, width = slopes.steepness.shape
    reach = int(np.ceil(max(RADII) * radius)) + 1
    wide = width + 2 * reach
    size = (height + 2 * reach) * wide
    votes = np.zeros(size)
    for share in RADII:
        to_rows = np.rint(rows + np.float32(share) * radius * down).astype(np.int32) + reach
        to_columns = np.rint(columns + np.float32(share) * radius * across).astype(np.int32) + reach
        votes += np.bincount(to_rows * wide + to_columns, weights, size)
    spread = SPREAD * float(radius)
    picture = cv2.GaussianBlur(votes.reshape(-1, wide).astype(np.float32), (0, 0), spread)
    # One vote peaks at 1 / (2 pi spread^2); those of a whole outline come to 2 pi radius.
    share_of_outline = np.float32(spread**2 / float(radius) / len(RADII))
    return np.asarray(picture[reach:-reach, reach:-reach] * share_of_outline, np.float32)


def certain_centres(votes: NDArray[np.float32], diameter_px: float) -> NDArray[np.bool_]:
    """Find the points that are surely centres of cells.

    Parameters
    ----------
    votes
        (h, w) float32, from :func:`centre_votes`.
    diameter_px
        Usual diameter of a cell, in pixels.

    Returns
    -------
    (h, w) bool, True at single points.
    """
    highest = cv2.dilate(votes, disc(ALONE * diameter_px / 2))
    return np.asarray((votes == highest) & (votes > CERTAIN))


def voted_diameter(
    slopes: Slopes,
    contrast: float,
    foreground: NDArray[np.bool_],
    diameter_px: float | None,
    limits_px: tuple[float, float],
) -> tuple[float, NDArray[np.float32]] | None:
    """Look for smaller cells where those of ``diameter_px`` do not account for what is stained.

    In a crowd the widths of what is stained are those of heaps of cells; their outlines, as far
    as they show, still point at the centres of single ones.

    Parameters
    ----------
    slopes, contrast
        As for :func:`centre_votes`.
    foreground
        (h, w) bool, what is stained.
    diameter_px
        Usual diameter by the widths, in pixels; None where nothing has a cell's width.
    limits_px
        Smallest and largest diameter looked for.

    Returns
    -------
    The diameter, and its votes, (h, w) float32; None where no outlines meet.
    """
    least, most = limits_px
    tried: list[tuple[float, NDArray[np.float32]]] = []
    if diameter_px is not None:
        votes = centre_votes(slopes, diameter_px, contrast)
        if _accounted_for(votes, diameter_px) >= ACCOUNTED_FOR * np.count_nonzero(foreground):
            return diameter_px, votes
        tried, most = [(diameter_px, votes)], diameter_px * STEP
        least = max(least, diameter_px * SMALLEST)
    while most >= least:
        tried.append((most, centre_votes(slopes, most, contrast)))
        most *= STEP
    best = max(tried, key=lambda one: _in_favour(one[1], one[0]), default=None)
    found = best is not None and (diameter_px is not None or _in_favour(best[1], best[0]) > 0)
    return best if found else None


def _accounted_for(votes: NDArray[np.float32], diameter_px: float) -> float:
    """Give the area of the cells whose centres are certain, in pixels."""
    cells = np.count_nonzero(certain_centres(votes, diameter_px))
    return float(np.pi / 4 * diameter_px**2 * cells)


def _in_favour(votes: NDArray[np.float32], diameter_px: float) -> float:
    """Give how well outlines of this diameter meet in centres, by the area that they enclose."""
    certain = votes[certain_centres(votes, diameter_px)]
    return float((certain - CERTAIN).sum()) * diameter_px**2


def _outlines(slopes: Slopes, contrast: float) -> tuple[NDArray[np.float32], ...]:
    """Give rows, columns, directions (down, across) and weights of the pixels that vote."""
    at = np.flatnonzero(slopes.steepness > np.float32(FAINTEST * contrast))
    steep = slopes.steepness.ravel()[at]
    rows, columns = np.divmod(at, slopes.steepness.shape[1])
    return (
        rows.astype(np.float32),
        columns.astype(np.float32),
        slopes.down.ravel()[at] / steep,
        slopes.across.ravel()[at] / steep,
        np.minimum(steep / np.float32(contrast), np.float32(STEEPEST)),
    )
