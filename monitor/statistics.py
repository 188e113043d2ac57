"""Statistics of counted cells."""

from math import sqrt
from statistics import NormalDist


def wilson_interval(
    successes: int, trials: int, confidence: float = 0.95
) -> tuple[float, float] | None:
    """Give the Wilson score interval of a share.

    Unlike the normal approximation it stays inside [0, 1] and holds its coverage where few or
    no successes are seen, as in low parasitemia [1]_ [2]_.

    Parameters
    ----------
    successes
        How many of the trials succeeded, in [0, ``trials``].
    trials
        How many trials there were, >= 0.
    confidence
        Coverage of the interval, in (0, 1).

    Returns
    -------
    tuple of float or None
        Lower and upper bound, in [0, 1]; None where there were no trials.

    Raises
    ------
    ValueError
        ``successes`` is not within [0, ``trials``] or ``confidence`` not within (0, 1).

    References
    ----------
    .. [1] E. B. Wilson, "Probable inference, the law of succession, and statistical
       inference", J. Am. Stat. Assoc. 22, 209-212 (1927).
    .. [2] R. G. Newcombe, "Two-sided confidence intervals for the single proportion",
       Stat. Med. 17, 857-872 (1998).
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"successes must lie within [0, trials], got {successes} of {trials}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie within (0, 1), got {confidence}")
    if trials == 0:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    low = 0.0 if successes == 0 else (centre - spread) / scale
    high = 1.0 if successes == trials else (centre + spread) / scale
    return low, high
