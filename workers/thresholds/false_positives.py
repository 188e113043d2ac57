"""How many healthy cells in a million a threshold flags, and what cannot be promised of it."""

from workers.thresholds.bootstrap import interval
from workers.thresholds.sample import GroupedScores
from workers.thresholds.tail import COUNTED, Tail
from workers.thresholds.threshold import MILLION, Rate

RULE_OF_THREE = 3.0
"""Of n cells none flagged: with 95 % confidence at most 3 / n are [Hanley 1983]."""
FEW_GROUPS = 5


def false_positives(healthy: GroupedScores, value: float) -> Rate:
    """Estimate the false cells per million at a threshold, with a bootstrap interval over groups.

    Counted where ten or more healthy cells reach the threshold, else by the tail fit. Where no
    cell reaches it, the upper bound is no less than that of Hanley and Lippman-Hand, "If nothing
    goes wrong, is everything all right?", JAMA 249, 1743 (1983).

    Raises
    ------
    ThresholdError
        The value lies below what was kept of the healthy scores.
    """
    tail = Tail.of(healthy)
    rate = float(tail.rates([value])[0])
    low, high = interval(healthy, lambda drawn: float(drawn.rates([value])[0])) or (rate, rate)
    if value > healthy.tail[-1]:
        high = max(high, min(RULE_OF_THREE / healthy.count, 1.0))
    return Rate(*(round(MILLION * share, 4) for share in (rate, min(low, rate), max(high, rate))))


def warning(healthy: GroupedScores, per_million: float) -> str | None:
    """Say what so many healthy cells cannot promise at a rate, None where they can."""
    said = [*_too_few_cells(healthy, per_million), *_too_few_groups(healthy)]
    return " ".join(said) or None


def _too_few_cells(healthy: GroupedScores, per_million: float) -> list[str]:
    promised = MILLION * COUNTED / healthy.count
    if per_million >= promised * (1 - 1e-9):
        return []
    needed = f"{MILLION * COUNTED / per_million:,.0f} would" if per_million else "no number can"
    beyond = per_million * healthy.count < MILLION
    basis = "on a fit of the tail" if Tail.of(healthy).law else "on the few largest scores"
    reach = " beyond the largest score seen" if beyond else ""
    return [
        f"{healthy.count:,} healthy cells can promise {promised:,.0f} false ones per million, "
        f"not {per_million:,.10g}: the value rests {basis}{reach}; {needed} be enough."
    ]


def _too_few_groups(healthy: GroupedScores) -> list[str]:
    count = len(healthy.groups)
    if count >= FEW_GROUPS:
        return []
    slides = "one slide or patient" if count == 1 else f"{count} slides or patients"
    return [f"The healthy cells are of {slides} only: others may differ by more than is said."]
