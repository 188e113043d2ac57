"""Limit of blank and limit of detection: how few parasites a count of cells can tell from none."""

import msgspec
import numpy as np
from scipy.special import bdtr, betainc

from monitor.statistics.errors_drawn import ErrorsDrawn
from monitor.statistics.roots import crossing

BETA = 0.05
"""Chance to miss a slide at the limit of detection, and to call a blank one above the blank."""


class Limits(msgspec.Struct, frozen=True):
    """What a number of cells can tell; None where no parasitemia is told.

    Attributes
    ----------
    blank
        Flagged share that 95 % of slides without parasites do not exceed.
    detection
        Parasitemia at which 95 % of slides exceed it.
    reachable
        The limit of detection with any number of cells.
    """

    blank: float
    detection: float | None
    reachable: float | None


def limits(cells: int, errors: ErrorsDrawn, blank_rate: float | None = None) -> Limits:
    """Give the limits of a slide with so many scored cells.

    After Armbruster and Pry [1]_, but from the distribution of counts, not as mean plus 1.645
    standard deviations: few false cells are skewed, and slides differ by more than by chance.

    Parameters
    ----------
    cells
        Scored, >= 1.
    errors
        Of the model, on one slide.
    blank_rate
        Rate of false cells of a blank slide where it is stated; None: that of ``errors``.

    References
    ----------
    .. [1] D. A. Armbruster and T. Pry, "Limit of blank, limit of detection and limit of
       quantitation", Clin. Biochem. Rev. 29 Suppl. 1, S49-S52 (2008).
    """
    rates = errors.false_positive if blank_rate is None else np.array([blank_rate])
    count = _blank_count(cells, rates)
    return Limits(count / cells, _detection(count, cells, errors), reachable(errors, blank_rate))


def blank_quantile(errors: ErrorsDrawn, share: float, blank_rate: float | None = None) -> float:
    """Give the rate of false cells that this share of blank slides does not exceed."""
    return float(np.quantile(errors.false_positive, share)) if blank_rate is None else blank_rate


def reachable(errors: ErrorsDrawn, blank_rate: float | None = None) -> float | None:
    """Give the limit of detection that no number of cells betters; None: beyond all."""
    blank = blank_quantile(errors, 1 - BETA, blank_rate)
    gains = errors.sensitivity - errors.false_positive
    found = float(np.quantile((blank - errors.false_positive) / gains, 1 - BETA))
    return max(found, 0.0) if found <= 1 else None


def _blank_count(cells: int, rates: np.ndarray[tuple[int], np.dtype[np.float64]]) -> int:
    """Give the smallest count that 95 % of blank slides do not exceed."""
    low, high = -1, cells
    while high - low > 1:
        middle = (low + high) // 2
        if bdtr(middle, cells, rates).mean() >= 1 - BETA:
            high = middle
        else:
            low = middle
    return high


def _detection(count: int, cells: int, errors: ErrorsDrawn) -> float | None:
    if count >= cells:
        return None

    def power(parasitemia: float) -> float:
        shares = errors.flagged_share(parasitemia)
        return float(betainc(count + 1, cells - count, shares).mean()) - (1 - BETA)

    return None if power(1.0) < 0 else crossing(power, 0.0, 1.0)
