"""Draws what was found onto a frame, for people to look at."""

import cv2
import numpy as np
from numpy.typing import NDArray

from segmenter.cells import Segmentation, SetApart
from segmenter.contours import dashes, outlines
from segmenter.kinds import BORDER, CLUMP, DEBRIS, GRAPHIC, PLATELET, WHITE_CELL
from segmenter.lettering import Colour, Lettering

OUTLINE: Colour = (40, 160, 60)
FLAGGED: Colour = (220, 30, 30)
APART: dict[str, Colour] = {
    BORDER: (70, 70, 70),
    CLUMP: (230, 120, 0),
    WHITE_CELL: (30, 80, 220),
    PLATELET: (190, 40, 190),
    DEBRIS: (130, 80, 20),
    GRAPHIC: (0, 140, 160),
}
"""Colours of what does not count, by kind."""

GAPS: Colour = (235, 235, 235)
DASH_WIDTHS = 5
MARGIN_PX = 4


def draw(
    frame: NDArray[np.uint8],
    segmentation: Segmentation,
    flagged: NDArray[np.bool_] | None = None,
) -> NDArray[np.uint8]:
    """Outline every cell in green, what is set apart by its kind, and box the flagged cells.

    Cells that the border rule leaves out are dashed in grey; other things that are set apart
    have a colour and the name of their kind, clumps with the number of cells they may hold.

    Parameters
    ----------
    frame
        (h, w, 3) uint8, RGB.
    segmentation
        Its n cells, and what was set apart.
    flagged
        (n,) bool, or None.

    Returns
    -------
    (h, w, 3) uint8, RGB, a new picture. Lines and letters grow with it.
    """
    drawn = frame.copy()
    letters = Lettering.fit(frame.shape)
    width = letters.line_px
    found = outlines(segmentation)
    count = len(segmentation.cells)
    cv2.polylines(drawn, found[:count], True, OUTLINE, width)
    kinds = segmentation.apart.kinds.tolist()
    for kind, outline in zip(kinds, found[count:], strict=True):
        cv2.polylines(drawn, [outline], True, GAPS if kind == BORDER else APART[kind], width)
        if kind == BORDER:
            parts = dashes(outline, DASH_WIDTHS * width)
            cv2.polylines(drawn, parts, False, APART[BORDER], width)
    _name(drawn, segmentation.apart, letters)
    if flagged is not None:
        _box(drawn, segmentation.cells.boxes[flagged], 2 * width + 1)
    return drawn


def _name(drawn: NDArray[np.uint8], apart: SetApart, letters: Lettering) -> None:
    """Write over each thing what it is, but over cells on the border."""
    rows = (apart.kinds.tolist(), apart.boxes.tolist(), apart.estimated_cells.tolist())
    for kind, (top, left, _, _), cells in zip(*rows, strict=True):
        if kind != BORDER:
            said = kind.replace("_", " ")
            text = f"{said} ~{cells}" if kind == CLUMP else said
            letters.write(drawn, text, (top - MARGIN_PX, left), APART[kind])


def _box(drawn: NDArray[np.uint8], boxes: NDArray[np.int32], width: int) -> None:
    for top, left, bottom, right in boxes.tolist():
        first = left - MARGIN_PX, top - MARGIN_PX
        last = right + MARGIN_PX, bottom + MARGIN_PX
        cv2.rectangle(drawn, first, last, FLAGGED, width)
