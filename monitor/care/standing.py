"""Holds what stands in place in the frames of a source, for whoever segments them."""

import cv2
import numpy as np
from numpy.typing import NDArray


class Standing:
    """What stands in place, as it is known now; set by one thread, read by others.

    Parameters
    ----------
    mask
        (h, w) bool, in pixels of a frame; None: nothing.
    """

    def __init__(self, mask: NDArray[np.bool_] | None = None) -> None:
        # Replaced as a whole and never written to, so that readers need no lock.
        self._mask = mask

    def set(self, mask: NDArray[np.bool_] | None, shape: tuple[int, int]) -> None:
        """Replace it by a mask of any scale, (rh, rw) bool, for frames of ``shape``."""
        if mask is None:
            self._mask = None
            return
        grown = cv2.resize(mask.view(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST)
        self._mask = np.asarray(grown, np.bool_)

    def of(self, shape: tuple[int, int]) -> NDArray[np.bool_] | None:
        """Give it for frames of ``shape``, (h, w) bool; None: nothing, or known of others only."""
        mask = self._mask
        return mask if mask is not None and mask.shape == shape else None
