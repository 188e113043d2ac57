"""Parasitemia corrected for the model's errors, with an interval that takes them in."""

import msgspec
from scipy.special import betainc

from monitor.statistics.errors_drawn import ErrorsDrawn
from monitor.statistics.intervals import check_share
from monitor.statistics.roots import crossing


class Corrected(msgspec.Struct, frozen=True):
    """Corrected parasitemia; all in [0, 1].

    Attributes
    ----------
    estimate
        Single best value.
    low, high
        Interval.
    """

    estimate: float
    low: float
    high: float


def corrected_parasitemia(
    flagged: float, cells: float, errors: ErrorsDrawn, confidence: float = 0.95
) -> Corrected:
    """Correct a flagged share for false positives and false negatives.

    The estimate is that of Rogan and Gladen [1]_, kept within [0, 1]. The interval propagates
    the distributions of all three shares, the binomial one of the count, the predictive one of
    this slide's false positives (between-slide variance included) and that of the sensitivity,
    as generalised confidence intervals do [2]_ [3]_; they are integrated over, not drawn by
    chance. The upper bound is divided by the chance of so few flagged cells on a slide without
    parasites [4]_, so that a slide cleaner than expected does not give an empty interval.

    Parameters
    ----------
    flagged, cells
        How many of how many scored cells; fractions where they are effective ones.
    errors
        Of the model, on one slide.
    confidence
        Of the interval, in (0, 1).

    Raises
    ------
    ValueError
        There is no cell, or more are flagged than there are.

    References
    ----------
    .. [1] W. J. Rogan and B. Gladen, "Estimating prevalence from the results of a screening
       test", Am. J. Epidemiol. 107, 71-76 (1978).
    .. [2] S. Weerahandi, "Generalized confidence intervals", J. Am. Stat. Assoc. 88, 899-905
       (1993).
    .. [3] Z. Lang and J. Reiczigel, "Confidence limits for prevalence of disease adjusted for
       estimated sensitivity and specificity", Prev. Vet. Med. 113, 13-22 (2014).
    .. [4] A. L. Read, "Presentation of search results: the CLs technique", J. Phys. G 28,
       2693-2704 (2002).
    """
    check_share(flagged, cells, confidence)
    if not cells:
        raise ValueError("no scored cell: nothing to correct")
    tail = (1 - confidence) / 2
    above = chance_above(flagged, cells, errors, 0.0)
    low = high = 0.0
    if above > 1 - tail:
        low = crossing(lambda p: 1 - tail - chance_above(flagged, cells, errors, p), 0, 1)
    if chance_above(flagged, cells, errors, 1.0) >= tail * above:
        high = 1.0
    else:
        high = crossing(lambda p: tail * above - chance_above(flagged, cells, errors, p), 0, 1)
    return Corrected(_estimate(flagged / cells, errors), low, high)


def chance_above(flagged: float, cells: float, errors: ErrorsDrawn, parasitemia: float) -> float:
    """Give the (fiducial) chance that the slide's parasitemia lies above this one."""
    shares = errors.flagged_share(parasitemia)
    return 1 - float(betainc(flagged + 0.5, cells - flagged + 0.5, shares).mean())


def _estimate(share: float, errors: ErrorsDrawn) -> float:
    gain = errors.sensitivity_rate - errors.false_positive_rate
    if gain <= 0:
        return 0.0
    return min(max((share - errors.false_positive_rate) / gain, 0.0), 1.0)
