"""Intervals of a share that was counted once: Wilson's and the exact one."""

from math import sqrt
from statistics import NormalDist

from scipy.special import betaincinv

Interval = tuple[float, float]


def check_share(successes: float, trials: float, confidence: float) -> None:
    """Refuse counts and confidences that make no sense.

    Raises
    ------
    ValueError
        ``successes`` is not within [0, ``trials``] or ``confidence`` not within (0, 1).
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"successes must lie within [0, trials], got {successes} of {trials}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie within (0, 1), got {confidence}")


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval | None:
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
    check_share(successes, trials, confidence)
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


def exact_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval | None:
    """Give the Clopper-Pearson interval of a share: it never covers less than it says [1]_.

    Parameters, result and errors are those of :func:`wilson_interval`.

    References
    ----------
    .. [1] C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated
       in the case of the binomial", Biometrika 26, 404-413 (1934).
    """
    check_share(successes, trials, confidence)
    if trials == 0:
        return None
    tail, failures = (1 - confidence) / 2, trials - successes
    low = 0.0 if successes == 0 else float(betaincinv(successes, failures + 1, tail))
    high = 1.0 if failures == 0 else float(betaincinv(successes + 1, failures, 1 - tail))
    return low, high
