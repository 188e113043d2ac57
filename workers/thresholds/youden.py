"""The threshold with the largest sensitivity plus specificity on labelled cells."""

import numpy as np

from workers.thresholds.labelled import best
from workers.thresholds.sample import GroupedScores
from workers.thresholds.threshold import Threshold, Youden


def youden(healthy: GroupedScores, infected: GroupedScores) -> Threshold:
    """Flag where sensitivity plus specificity is largest, whatever the prevalence.

    Meant for groups of equal size: on a slide with few infected cells it flags far too many.

    Parameters
    ----------
    healthy, infected
        All scores.

    Raises
    ------
    ThresholdError
        Not all scores were kept.

    References
    ----------
    W. J. Youden, "Index for rating diagnostic tests", Cancer 3, 32-35 (1950).
    """
    return best(healthy, infected, Youden(), lambda found, rate: np.asarray(found - rate))
