"""The threshold with the largest sensitivity plus specificity on labelled cells."""

import numpy as np
from numpy.typing import ArrayLike

from workers.thresholds.labelled import best
from workers.thresholds.sample import GroupedScores
from workers.thresholds.threshold import Threshold, Youden


def youden(healthy: GroupedScores, infected: ArrayLike) -> Threshold:
    """Flag where sensitivity plus specificity is largest, whatever the prevalence.

    Meant for groups of equal size: on a slide with few infected cells it flags far too many.

    Parameters
    ----------
    healthy, infected
        Scores; (m,) of infected cells.

    Raises
    ------
    ThresholdError
        A score is missing or not finite.

    References
    ----------
    W. J. Youden, "Index for rating diagnostic tests", Cancer 3, 32-35 (1950).
    """
    return best(healthy, infected, Youden(), lambda found, rate: np.asarray(found - rate))
