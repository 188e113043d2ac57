"""A threshold that a person names."""

import math

from workers.thresholds.false_positives import false_positives, warning
from workers.thresholds.sample import GroupedScores
from workers.thresholds.threshold import Manual, Threshold, ThresholdError


def manual(value: float, healthy: GroupedScores | None = None) -> Threshold:
    """Flag from ``value`` on; say what that means for healthy cells, where there are scores.

    Raises
    ------
    ThresholdError
        The value is not finite.
    """
    if not math.isfinite(value):
        raise ThresholdError(f"threshold {value:g} is not a number that a score can reach")
    rule = Manual(value)
    kept = healthy is not None and (healthy.whole or value >= healthy.tail[0])
    if healthy is None or not kept:
        said = "No healthy scores are at hand there: what it flags wrongly is not known."
        return Threshold(value, rule, None, None, 0, said)
    rate = false_positives(healthy, value)
    return Threshold(value, rule, None, rate, healthy.count, warning(healthy, rate.per_million))
