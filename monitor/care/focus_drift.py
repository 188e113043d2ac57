"""Notices a slow loss of focus: the sharpest frames are less and less sharp."""

from collections import deque

import numpy as np

from monitor.care.condition import Condition
from monitor.gate.view import View

SPELLS = 16
SHARP_SHARE = 0.75
"""The sharpness of the last spells is this quantile of them: some fields have less to show."""

CLEARED_SHARE = 0.6
"""The condition is over when no more than this share of the loss that raised it is left."""

LEAST_CONTRAST = 6.0
"""Grey levels; a view of less shows nothing whose sharpness could be told."""

_APART_PX = 16


class FocusDrift:
    """Compares the sharpest frames of the last places with those of the best ones so far.

    Parameters
    ----------
    loss
        Share of the best sharpness, in (0, 1), whose loss is told.
    """

    def __init__(self, loss: float) -> None:
        self._loss = loss
        self._shape: tuple[int, int] | None = None
        self._spells: deque[float] = deque(maxlen=SPELLS)
        self._sharpest = 0.0
        self._best = 0.0
        self._raised = False

    def look(self, view: View, begins: bool) -> list[Condition]:
        """Look at the next frame, with which a spell begins or not; give what is new."""
        told = self._close() if begins else []
        if view.shape != self._shape:
            told += self._start_anew(view.shape)
        if view.sharpness > self._sharpest and _contrast(view) >= LEAST_CONTRAST:
            self._sharpest = view.sharpness
        return told

    def _start_anew(self, shape: tuple[int, int]) -> list[Condition]:
        self._shape, self._sharpest, self._best = shape, 0.0, 0.0
        self._spells.clear()
        return self._judge(0.0)

    def _close(self) -> list[Condition]:
        if self._sharpest:
            self._spells.append(self._sharpest)
        self._sharpest = 0.0
        if len(self._spells) < SPELLS:
            return []
        now = float(np.quantile(self._spells, SHARP_SHARE))
        self._best = max(self._best, now)
        return self._judge(1 - now / self._best)

    def _judge(self, lost: float) -> list[Condition]:
        if self._raised and lost < CLEARED_SHARE * self._loss:
            self._raised = False
            return [Condition("focus_drift", False, "the picture is as sharp as it was")]
        if not self._raised and lost > self._loss:
            self._raised = True
            text = f"the picture has lost {100 * lost:.0f} % of its sharpness; focus again"
            return [Condition("focus_drift", True, text)]
        return []


def _contrast(view: View) -> float:
    """Give the contrast of what is not as wide as uneven light, in grey levels."""
    green = view.colours[::4, ::2, 1].astype(np.float32)
    apart = _APART_PX // 2
    return float((green[:, apart:] - green[:, :-apart]).std()) if green.shape[1] > apart else 0.0
