"""Lines and letters that can be read on pictures of any size."""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]
"""RGB."""

FONT = cv2.FONT_HERSHEY_SIMPLEX
LETTER_SHARE = 0.0005
"""Size of the letters, in OpenCV's unit, a pixel of the picture's longer side."""

SMALLEST_LETTERS = 0.38
LINE_SHARE = 0.0015
HALO: Colour = (255, 255, 255)
AROUND = [(down, across) for down in (-1, 0, 1) for across in (-1, 0, 1) if down or across]


@dataclass(frozen=True, slots=True)
class Lettering:
    """How thick lines and how large letters are on one picture.

    Attributes
    ----------
    line_px
        Width of a thin line.
    size
        Of letters, in OpenCV's unit.
    """

    line_px: int
    size: float

    @classmethod
    def fit(cls, shape: tuple[int, ...]) -> Self:
        """Choose both for a picture of ``shape``, (h, w, ...)."""
        side = max(shape[:2])
        return cls(max(1, round(LINE_SHARE * side)), max(SMALLEST_LETTERS, LETTER_SHARE * side))

    def measure(self, text: str) -> tuple[int, int]:
        """Give (height, width) in pixels of a line of text, what hangs below it included."""
        (across, up), below = cv2.getTextSize(text, FONT, self.size, self.line_px)
        return up + below, across

    def write(
        self,
        picture: NDArray[np.uint8],
        text: str,
        at: tuple[int, int],
        colour: Colour,
    ) -> None:
        """Write a text with a white halo, moved as far as it takes to lie inside the picture.

        Parameters
        ----------
        picture
            (h, w, 3) uint8, RGB, changed.
        text
            One line of ASCII.
        at
            (row, column) of the left end of the line that the letters stand on.
        colour
            RGB.
        """
        height, across = self.measure(text)
        row = min(max(at[0], height), picture.shape[0] - height // 3)
        column = max(0, min(at[1], picture.shape[1] - across))
        # Not one thicker text below: in some of OpenCV's fonts bold letters are wider.
        for down, across in AROUND:
            self._put(
                picture, text, row + down * self.line_px, column + across * self.line_px, HALO
            )
        self._put(picture, text, row, column, colour)

    def _put(
        self, picture: NDArray[np.uint8], text: str, row: int, column: int, colour: Colour
    ) -> None:
        cv2.putText(
            picture, text, (column, row), FONT, self.size, colour, self.line_px, cv2.LINE_AA
        )
