"""A bound that holds however often one looks and whenever one stops: a confidence sequence."""

from math import inf, log

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, xlog1py, xlogy

from monitor.statistics.intervals import Interval, check_share
from monitor.statistics.roots import crossing

PRIOR = 0.5
"""Both parameters of the mixing beta distribution; any choice made beforehand is valid."""


def log_wealth(successes: ArrayLike, trials: ArrayLike, share: ArrayLike) -> NDArray[np.float64]:
    """Give the logarithm of the beta-binomial mixture martingale against a share.

    ``M_n(p) = B(a + k, b + n - k) / B(a, b) / (p^k (1 - p)^(n - k))``: what a gambler who starts
    with 1 and bets against ``p`` owns after ``n`` cells. Where ``p`` is true he is not expected
    to win, so by Ville's inequality [1]_ he ever reaches ``1 / alpha`` with probability at most
    ``alpha`` [2]_ [3]_ [4]_.

    Parameters
    ----------
    successes, trials, share
        k, n and p, of shapes that fit together; k and n may be fractions, as in planning.

    References
    ----------
    .. [1] J. Ville, "Étude critique de la notion de collectif", Gauthier-Villars (1939).
    .. [2] H. Robbins, "Statistical methods related to the law of the iterated logarithm", Ann.
       Math. Stat. 41, 1397-1409 (1970).
    .. [3] S. R. Howard, A. Ramdas, J. McAuliffe and J. Sekhon, "Time-uniform, nonparametric,
       nonasymptotic confidence sequences", Ann. Stat. 49, 1055-1080 (2021).
    .. [4] I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by
       betting", J. R. Stat. Soc. B 86, 1-27 (2024).
    """
    k, n, p = (np.asarray(value, np.float64) for value in (successes, trials, share))
    mixed = betaln(PRIOR + k, PRIOR + n - k) - betaln(PRIOR, PRIOR)
    wealth: NDArray[np.float64] = mixed - xlogy(k, p) - xlog1py(n - k, -p)
    return wealth


def anytime_interval(successes: float, trials: float, confidence: float = 0.95) -> Interval:
    """Give the confidence sequence of a share after so many cells.

    Over all moments at which one may look at a growing count, the chance that any of these
    intervals misses the share is at most 1 - ``confidence``.

    Parameters
    ----------
    successes, trials
        Flagged cells and scored cells so far; may be fractions, as in planning.
    confidence
        In (0, 1).

    Returns
    -------
    tuple of float
        In [0, 1]; (0, 1) before the first cell.

    Raises
    ------
    ValueError
        ``successes`` is not within [0, ``trials``] or ``confidence`` not within (0, 1).
    """
    check_share(successes, trials, confidence)
    if not trials:
        return 0.0, 1.0
    most, best = -log(1 - confidence), successes / trials

    def excess(share: float) -> float:
        value = float(log_wealth(successes, trials, share))
        return min(value, 1e300) - most if value < inf else 1e300

    low = 0.0 if successes == 0 else crossing(excess, 0.0, best)
    high = 1.0 if successes == trials else crossing(excess, best, 1.0)
    return low, high


class RunningInterval:
    """The intersection of all intervals so far, which is as valid and never grows.

    Parameters
    ----------
    confidence
        In (0, 1).

    Attributes
    ----------
    interval
        Now; where ``contradictory``, the last one that was not empty.
    contradictory
        Whether two intervals did not meet: the share changed while it was counted.
    """

    def __init__(self, confidence: float = 0.95) -> None:
        self._confidence = confidence
        self.interval: Interval = (0.0, 1.0)
        self.contradictory = False

    def update(self, successes: int, trials: int) -> Interval:
        """Take the counts so far; give the interval."""
        low, high = anytime_interval(successes, trials, self._confidence)
        low, high = max(low, self.interval[0]), min(high, self.interval[1])
        if low > high:
            self.contradictory = True
        else:
            self.interval = low, high
        return self.interval
