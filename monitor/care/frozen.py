"""Notices a frozen picture: a camera that gives the same frame again and again."""

import numpy as np
from numpy.typing import NDArray

from monitor.care.condition import Condition
from monitor.gate.view import View

LEAST_REPEATS = 3
"""So often the same picture has to come, however slow the camera is."""


class Frozen:
    """Compares each frame with the one before, bit by bit.

    No sensor is without noise: two exposures of one place are never alike in every pixel. A
    picture of one colour throughout, black or overexposed, is left out, for it may be.

    Parameters
    ----------
    after_s
        The picture is frozen when it has been the same for so long, in seconds.
    """

    def __init__(self, after_s: float) -> None:
        self._after_s = after_s
        self._colours: NDArray[np.uint8] | None = None
        self._since = 0.0
        self._repeats = 0
        self._raised = False

    def look(self, view: View, at: float) -> list[Condition]:
        """Look at the next frame, taken ``at`` in seconds; give what has begun or is over."""
        if self._is_same(view):
            self._repeats += 1
            return self._judge(at)
        self._colours, self._since, self._repeats = view.colours, at, 0
        if not self._raised:
            return []
        self._raised = False
        return [Condition("frozen_picture", False, "the picture changes again")]

    def _is_same(self, view: View) -> bool:
        same = self._colours is not None and np.array_equal(view.colours, self._colours)
        return same and bool(view.flat.any())

    def _judge(self, at: float) -> list[Condition]:
        for_s = at - self._since
        if self._raised or self._repeats < LEAST_REPEATS or for_s < self._after_s:
            return []
        self._raised = True
        text = (
            f"the picture has been the same, bit by bit, for {for_s:.1f} s: the camera or its "
            "driver hangs; unplug it and plug it in again"
        )
        return [Condition("frozen_picture", True, text)]
