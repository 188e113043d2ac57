"""Knows the frames that show the slide's label, where the label is read from the source itself."""

import numpy as np
from numpy.typing import NDArray

from monitor.labels import FIRST_FRAMES, codes_in


class LabelFrames:
    """Looks for a code in the first frames, for a label segments as if it were full of cells.

    It stops looking once so many frames in a row as a label is looked for in show none.

    Parameters
    ----------
    expected
        Whether the source shows the label; else nothing is looked at.
    """

    def __init__(self, expected: bool) -> None:
        self._left = FIRST_FRAMES if expected else 0

    def shows_label(self, image: NDArray[np.uint8]) -> bool:
        """Say whether the next frame, (h, w, 3) uint8 RGB, shows a label."""
        if not self._left:
            return False
        shown = bool(codes_in(image))
        self._left = FIRST_FRAMES if shown else self._left - 1
        return shown
