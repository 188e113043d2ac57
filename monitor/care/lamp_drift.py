"""Notices a lamp that drifts: the background is no longer as it was when the slide began."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from monitor.care.condition import Condition
from monitor.gate.view import View

SPELLS = 8
BACKGROUND_SHARE = 0.95
"""The background is this quantile of a frame: cells leave at least so much of it free."""

FREE_SHARE = 0.75
"""That of the last spells is this quantile of theirs: some fields are crowded."""

CLEARED_SHARE = 0.6
"""The condition is over when no more than this share of the change that raised it is left."""

_CHANNELS = ("red", "green", "blue")


class LampDrift:
    """Compares the background of the last places with that of the slide's first ones.

    Parameters
    ----------
    change
        Share by which a channel may become darker or brighter, in (0, 1).
    """

    def __init__(self, change: float) -> None:
        self._change = change
        self._spells: deque[NDArray[np.float64]] = deque(maxlen=SPELLS)
        self._first: NDArray[np.float64] | None = None
        self._raised = False

    def look(self, view: View, begins: bool) -> list[Condition]:
        """Look at the next frame; only one with which a spell begins matters."""
        if not begins:
            return []
        pixels = view.colours[::4, ::4].reshape(-1, 3)
        self._spells.append(np.quantile(pixels, BACKGROUND_SHARE, axis=0))
        if len(self._spells) < SPELLS:
            return []
        now = np.maximum(1.0, np.quantile(self._spells, FREE_SHARE, axis=0))
        if self._first is None:
            self._first = now
        return self._judge(now / self._first - 1)

    def _judge(self, changes: NDArray[np.float64]) -> list[Condition]:
        worst = int(np.abs(changes).argmax())
        change = float(changes[worst])
        if self._raised and abs(change) < CLEARED_SHARE * self._change:
            self._raised = False
            return [Condition("lamp_drift", False, "the background is as it was at first")]
        if not self._raised and abs(change) > self._change:
            self._raised = True
            text = (
                f"the background has become {100 * abs(change):.0f} % "
                f"{'brighter' if change > 0 else 'darker'} in {_CHANNELS[worst]} since the slide "
                "began; check lamp, filter and the camera's automatic exposure"
            )
            return [Condition("lamp_drift", True, text)]
        return []
