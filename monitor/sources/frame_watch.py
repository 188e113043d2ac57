"""Looks over what a camera sends, for what a person should know."""

import numpy as np
from numpy.typing import NDArray

from monitor.sources.notices import Notices

IN_A_ROW = 10
"""Black or unreadable frames in a row that are no chance any more."""

BLACK_LEVEL = 8
"""Mean level, 0 to 255, below which a frame is black; a bright field is far above."""

EVERY_PX = 8
"""Every so many rows and columns are looked at."""


class FrameWatch:
    """Tells of black, unreadable and resized frames of a live source, and when they are over.

    Parameters
    ----------
    uri
        The source's name.
    notices
        Where to tell it.
    """

    def __init__(self, uri: str, notices: Notices) -> None:
        self._uri = uri
        self._notices = notices
        self._first: tuple[int, int] | None = None
        self._black = 0
        self._unreadable = 0

    def look(self, image: NDArray[np.uint8] | None) -> None:
        """Look at the next frame, (h, w, 3) uint8, or None for one that is unreadable."""
        self._unreadable = self._unreadable + 1 if image is None else 0
        if self._unreadable == IN_A_ROW:
            text = f"{self._uri} sends frames that cannot be decoded; check cable and bandwidth"
            self._notices.tell("unreadable_frames", text)
        if image is not None:
            self._notices.clear("unreadable_frames", f"{self._uri} sends whole frames again")
            self._look_at_size(image.shape[0], image.shape[1])
            self._look_at_light(image)

    def _look_at_size(self, height_px: int, width_px: int) -> None:
        size = height_px, width_px
        self._first = self._first or size
        said = f"{self._uri} sends frames of {width_px} x {height_px} pixels"
        if size == self._first:
            self._notices.clear("resolution_changed", f"{said} again, as at first")
        else:
            at_first = f"{self._first[1]} x {self._first[0]}"
            self._notices.tell("resolution_changed", f"{said}; at first they had {at_first}")

    def _look_at_light(self, image: NDArray[np.uint8]) -> None:
        dark = float(image[::EVERY_PX, ::EVERY_PX].mean()) < BLACK_LEVEL
        self._black = self._black + 1 if dark else 0
        if self._black == IN_A_ROW:
            text = f"{self._uri} sends black frames; check lamp, shutter, light path and exposure"
            self._notices.tell("black_frames", text)
        elif not dark:
            self._notices.clear("black_frames", f"{self._uri} sends light frames again")
