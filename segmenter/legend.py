"""A strip below a drawn picture that says what its colours mean, and how many there are."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segmenter.cells import Segmentation
from segmenter.draw import APART, OUTLINE
from segmenter.kinds import BORDER
from segmenter.lettering import Colour, Lettering

GROUND = 245
INK: Colour = (30, 30, 30)
LINE_HEIGHTS = 1.5

Entry = tuple[str, Colour]


def with_legend(drawn: NDArray[np.uint8], segmentation: Segmentation) -> NDArray[np.uint8]:
    """Add a legend below a picture that :func:`segmenter.draw` drew.

    Parameters
    ----------
    drawn
        (h, w, 3) uint8, RGB.
    segmentation
        What was drawn.

    Returns
    -------
    (h + m, w, 3) uint8, RGB, a new picture; m is what the legend takes.
    """
    letters = Lettering.fit(drawn.shape)
    lines = _wrapped(_entries(segmentation), drawn.shape[1], letters)
    line_px = round(LINE_HEIGHTS * letters.measure("g")[0])
    strip = np.full((line_px * len(lines) + line_px // 2, *drawn.shape[1:]), GROUND, np.uint8)
    for number, line in enumerate(lines, 1):
        _write_line(strip, line, number * line_px, letters)
    return np.concatenate([drawn, strip])


def _entries(segmentation: Segmentation) -> list[Entry]:
    quality = segmentation.quality
    counts = segmentation.apart.counts()
    said = {kind: kind.replace("_", " ") for kind in APART}
    said[BORDER] = "on the border, not counted"
    return [
        (f"field {quality.verdict}, focus {quality.focus_score:.2f}", INK),
        (f"cells {len(segmentation.cells)}", OUTLINE),
        *((f"{said[kind]} {counts[kind]}", APART[kind]) for kind in APART if kind in counts),
    ]


def _wrapped(entries: list[Entry], width: int, letters: Lettering) -> list[list[Entry]]:
    """Break entries into lines that fit; one that is too long by itself has its own."""
    lines: list[list[Entry]] = [[]]
    used = 0
    for entry in entries:
        wide = _width(entry, letters)
        if lines[-1] and used + wide > width:
            lines.append([])
            used = 0
        lines[-1].append(entry)
        used += wide
    return lines


def _width(entry: Entry, letters: Lettering) -> int:
    """Give the width of a swatch, a gap, the text and a gap."""
    height, across = letters.measure(entry[0])
    return across + 3 * height


def _write_line(strip: NDArray[np.uint8], line: list[Entry], row: int, letters: Lettering) -> None:
    column = 0
    for text, colour in line:
        height, _ = letters.measure(text)
        first = column + height // 2, row - height * 2 // 3
        last = column + height * 3 // 2, row
        cv2.rectangle(strip, first, last, colour, cv2.FILLED)
        letters.write(strip, text, (row, column + 2 * height), colour)
        column += _width((text, colour), letters)
