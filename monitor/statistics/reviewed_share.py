"""The share of infected cells that people found: flagged cells, and a random sample of the rest."""

import msgspec

from monitor.statistics.intervals import exact_interval


class Stratum(msgspec.Struct, frozen=True):
    """Cells of which some were judged.

    Attributes
    ----------
    cells
        All of them.
    infected, healthy
        Judged so, by all who judged the cell.
    open
        Judged, but unsure or in dispute.
    """

    cells: int
    infected: int
    healthy: int
    open: int

    @property
    def settled(self) -> int:
        """Cells of which it is known."""
        return self.infected + self.healthy


class Estimate(msgspec.Struct, frozen=True):
    """Infected cells, as a number or a share; ``value`` None: nothing was judged to tell it by."""

    value: float | None
    low: float
    high: float


def flagged_infected(flagged: Stratum) -> Estimate:
    """Give how many of the flagged cells are infected, from those that were judged.

    People judge the highest scores first, so what they have seen is no random sample: each cell
    that is not settled may be either, and the bounds say so. The value takes those not settled to
    be infected as often as the settled ones.
    """
    left = flagged.cells - flagged.settled
    value = flagged.infected / flagged.settled * flagged.cells if flagged.settled else None
    if not flagged.cells:
        value = 0.0
    return Estimate(value, flagged.infected, flagged.infected + left)


def missed_share(sampled: Stratum, confidence: float) -> Estimate:
    """Give the share of infected cells among those not flagged, from a random sample of them.

    The interval is Clopper and Pearson's; its lower bound takes open cells as healthy, its upper
    one as infected.

    Parameters
    ----------
    sampled
        The random cells that are not flagged; ``cells`` is not used.
    confidence
        Coverage of the interval, in (0, 1).
    """
    judged = sampled.settled + sampled.open
    low = exact_interval(sampled.infected, judged, confidence)
    high = exact_interval(sampled.infected + sampled.open, judged, confidence)
    if low is None or high is None:
        return Estimate(None, 0.0, 1.0)
    value = sampled.infected / sampled.settled if sampled.settled else None
    return Estimate(value, low[0], high[1])


def reviewed_share(
    flagged: Stratum, sampled: Stratum, unflagged: int, confidence: float
) -> Estimate:
    """Give the share of infected cells among all: the stratified estimate [1]_.

    The flagged cells are judged one by one and add no sampling error, so the interval covers at
    least as often as that of the sample.

    Parameters
    ----------
    flagged, sampled
        See :func:`flagged_infected` and :func:`missed_share`.
    unflagged
        How many cells are not flagged, unscored ones among them.
    confidence
        Coverage of the interval, in (0, 1).

    References
    ----------
    .. [1] W. G. Cochran, *Sampling Techniques*, 3rd ed., ch. 5 (1977).
    """
    cells = flagged.cells + unflagged
    if not cells:
        return Estimate(None, 0.0, 1.0)
    found = flagged_infected(flagged)
    missed = missed_share(sampled, confidence) if unflagged else Estimate(0.0, 0.0, 0.0)
    value = None
    if found.value is not None and missed.value is not None:
        value = (found.value + missed.value * unflagged) / cells
    low, high = (
        (of_flagged + of_missed * unflagged) / cells
        for of_flagged, of_missed in ((found.low, missed.low), (found.high, missed.high))
    )
    return Estimate(value, low, high)
