"""How many more cells decide a slide."""

from math import floor, log10

from monitor.statistics.verdict import Bounds

FIRST_STEP = 100.0
MOST_CELLS = 1e10
PRECISION = 0.01


def cells_to_decide(
    flagged: float, cells: float, bounds: Bounds, design_effect: float = 1.0
) -> int | None:
    """Say about how many more scored cells will decide a slide at the target.

    The alternatives planned for are a slide at the target parasitemia, to be called positive,
    and one without parasites, to be called negative, both with the model's usual errors from
    here on; the larger number of the two is given, to two digits.

    Parameters
    ----------
    flagged, cells
        Counted so far, as effective cells.
    bounds
        Of the verdict.
    design_effect
        Counted cells that are worth one effective cell, >= 1.

    Returns
    -------
    int or None
        0 where it is decided; None where no number of cells decides it: the target lies below
        :meth:`Bounds.decidable_from`, or the cells so far outweigh ten thousand million more.
    """
    if bounds.call(flagged, cells) != "undecided":
        return 0
    if bounds.target <= bounds.decidable_from():
        return None
    shares = bounds.typical_at(bounds.target), bounds.typical_at(0.0)
    needed = [_needed(flagged, cells, share, bounds) for share in shares]
    known = [count for count in needed if count is not None]
    return None if len(known) < len(needed) else _rounded(design_effect * max(known))


def _needed(flagged: float, cells: float, share: float, bounds: Bounds) -> float | None:
    def decided(more: float) -> bool:
        return bounds.call(flagged + share * more, cells + more) != "undecided"

    low, high = 0.0, FIRST_STEP
    while not decided(high):
        low, high = high, 2 * high
        if high > MOST_CELLS:
            return None
    while high - low > PRECISION * high:
        middle = (low + high) / 2
        low, high = (low, middle) if decided(middle) else (middle, high)
    return high


def _rounded(count: float) -> int:
    return int(round(count, 1 - floor(log10(count))))
