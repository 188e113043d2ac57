"""The threshold with the largest F-beta on labelled cells."""

import numpy as np
from numpy.typing import NDArray

from workers.thresholds.finite import positive
from workers.thresholds.labelled import best
from workers.thresholds.sample import GroupedScores
from workers.thresholds.threshold import FBeta, Threshold, ThresholdError


def f_beta(
    healthy: GroupedScores,
    infected: GroupedScores,
    beta: float,
    prevalence: float | None = None,
) -> Threshold:
    """Flag where the weighted harmonic mean of precision and recall is largest.

    Parameters
    ----------
    healthy, infected
        All scores.
    beta
        How many times recall counts as much as precision, > 0.
    prevalence
        Infected share of the slides that are meant, in (0, 1): a labelled set is often half
        infected, a slide is not, and precision depends on it. None: as in the labelled set.

    Raises
    ------
    ThresholdError
        Not all scores were kept, or a parameter has no sense.

    References
    ----------
    C. J. van Rijsbergen, Information Retrieval, 2nd ed., Butterworths (1979), ch. 7.
    """
    positive(beta, "beta")
    share = infected.count / (infected.count + healthy.count) if prevalence is None else prevalence
    if not 0 < share < 1:
        raise ThresholdError(f"prevalence {share:g} must lie within 0 and 1")

    def goodness(
        sensitivity: NDArray[np.float64], rate: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        found, missed = share * sensitivity, share * (1 - sensitivity)
        flagged_wrongly = (1 - share) * rate
        weighted = (1 + beta**2) * found
        return np.asarray(weighted / (weighted + beta**2 * missed + flagged_wrongly))

    return best(healthy, infected, FBeta(beta, prevalence), goodness)
