"""Scores that a rule may rest on: there, and all of them numbers."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workers.thresholds.threshold import ThresholdError


def finite(scores: ArrayLike, what: str) -> NDArray[np.float64]:
    """Give scores as float64, checked.

    Parameters
    ----------
    scores
        (n,) numbers.
    what
        Whose scores these are, for the error.

    Raises
    ------
    ThresholdError
        There is no score, or one is not finite.
    """
    values = np.asarray(scores, np.float64)
    if values.ndim != 1 or values.size == 0:
        raise ThresholdError(f"{what}: no scores, so no threshold can rest on them; give cells")
    broken = int((~np.isfinite(values)).sum())
    if broken:
        raise ThresholdError(
            f"{what}: {broken} of {values.size} scores are not finite; leave these cells out"
        )
    return values


def positive(value: float, what: str) -> float:
    """Give a value that must be finite and above 0.

    Raises
    ------
    ThresholdError
        It is not.
    """
    if not (np.isfinite(value) and value > 0):
        raise ThresholdError(f"{what} {value:g} must be a finite number above 0")
    return value
