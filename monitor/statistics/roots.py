"""Finds where a rising or falling function crosses zero."""

from collections.abc import Callable

TOLERANCE = 1e-4
ROUNDS = 100


def crossing(function: Callable[[float], float], low: float, high: float) -> float:
    """Give where ``function`` changes its sign between ``low`` and ``high``.

    Halves the span until it is a ten-thousandth of the value: no slope is asked for, so that steep
    and flat functions are as safe as others.

    Parameters
    ----------
    function
        Continuous and monotone, of opposite sign at the two ends.
    low, high
        The ends, ``low`` < ``high``, both >= 0.
    """
    rising = function(high) > 0
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        if (function(middle) > 0) == rising:
            high = middle
        else:
            low = middle
        if high - low <= TOLERANCE * high:
            break
    return (low + high) / 2
