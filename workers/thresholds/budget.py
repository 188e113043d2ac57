"""A false-positive budget: at most so many healthy cells in a million are flagged."""

import numpy as np

from workers.thresholds.bootstrap import interval
from workers.thresholds.false_positives import false_positives, warning
from workers.thresholds.sample import GroupedScores
from workers.thresholds.tail import Tail
from workers.thresholds.threshold import MILLION, Budget, Threshold, ThresholdError


def budget(healthy: GroupedScores, per_million: float) -> Threshold:
    """Flag at most so many healthy cells per million.

    Where ten or more of the healthy cells may be flagged, their scores are counted; beyond, a
    generalised Pareto law fitted to the largest is followed, see :mod:`workers.thresholds.pareto`.

    Parameters
    ----------
    healthy
        The scores, best of the same stain and microscope.
    per_million
        Within 0 and 1,000,000, both excluded.

    Raises
    ------
    ThresholdError
        The budget has no sense, or these cells cannot say where it lies.
    """
    if not (np.isfinite(per_million) and 0 < per_million < MILLION):
        raise ThresholdError(
            f"budget {per_million:g} must lie within 0 and a million false cells per million"
        )
    share = per_million / MILLION
    value = Tail.of(healthy).value(share)
    low, high = interval(healthy, lambda tail: _value(tail, share)) or (value, value)
    return Threshold(
        value,
        Budget(per_million),
        (min(low, value), max(high, value)),
        false_positives(healthy, value),
        healthy.count,
        warning(healthy, per_million),
    )


def _value(drawn: Tail, share: float) -> float:
    """Give the value in a drawn sample; its least score where those below were not kept."""
    return drawn.value(min(share, len(drawn.scores) / drawn.cells))
