"""Draws cells and what the model sees in them side by side, for people to look at."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.store import Box
from segmenter.draw import FLAGGED
from segmenter.legend import GROUND, INK
from segmenter.lettering import Lettering

ENLARGED = 3
"""Pixels of the picture a pixel of a crop."""

GAP_PX = 6
BETWEEN_PX = 24
LINE_PX = 22
BOX_PX = 2
ROWS_A_COLUMN = 3
"""How many rows of cells a column of them has, so that the picture is about as wide as high."""

LETTERS = Lettering(1, 0.42)


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell and what is known of it.

    Attributes
    ----------
    caption
        A line of text.
    crop
        (h, w, 3) uint8, RGB.
    box
        The worst region, half-open, in pixels of the crop; None: not known.
    reconstruction
        (h, w, 3) uint8, RGB, or None.
    error_map
        (h, w) float32 in [0, 1], or None.
    """

    caption: str
    crop: NDArray[np.uint8]
    box: Box | None
    reconstruction: NDArray[np.uint8] | None = None
    error_map: NDArray[np.float32] | None = None


def draw_cells(cells: Sequence[ShownCell]) -> NDArray[np.uint8]:
    """Draw of each cell the crop, its reconstruction, its error map and the crop with its box.

    Errors go from black over violet and orange to pale yellow (OpenCV's Inferno, in which equal
    steps look equal). What no cell has is left out.

    Parameters
    ----------
    cells
        At least one, all crops of one size.

    Returns
    -------
    (h, w, 3) uint8, RGB.
    """
    blocks = [_block(cell) for cell in cells]
    across = max(1, round(math.sqrt(len(blocks) / ROWS_A_COLUMN)))
    blocks += [np.full_like(blocks[0], GROUND)] * (-len(blocks) % across)
    rows = [np.hstack(blocks[start : start + across]) for start in range(0, len(blocks), across)]
    return _framed(np.vstack([np.hstack([_titles(cells[0])] * across), *rows]))


def _views(cell: ShownCell) -> dict[str, NDArray[np.uint8]]:
    """Give what there is to see of a cell, by title, enlarged."""
    views = {
        "crop": cell.crop,
        "rebuilt": cell.reconstruction,
        "error": None if cell.error_map is None else _coloured(cell.error_map),
    }
    shown = {title: _enlarged(view) for title, view in views.items() if view is not None}
    return shown | {"worst region": _boxed(shown["crop"], cell.box)}


def _block(cell: ShownCell) -> NDArray[np.uint8]:
    tiles = np.hstack([_framed(view) for view in _views(cell).values()])
    tiles = np.pad(tiles, ((0, 0), (0, BETWEEN_PX), (0, 0)), constant_values=GROUND)
    return np.vstack([_line(tiles.shape[1], [(cell.caption, GAP_PX)]), tiles])


def _titles(cell: ShownCell) -> NDArray[np.uint8]:
    views = _views(cell)
    width = ENLARGED * cell.crop.shape[1] + 2 * GAP_PX
    texts = [(title, number * width + GAP_PX) for number, title in enumerate(views)]
    return _line(len(views) * width + BETWEEN_PX, texts)


def _line(width: int, texts: Sequence[tuple[str, int]]) -> NDArray[np.uint8]:
    """Write texts, each at its column, on a strip."""
    strip = np.full((LINE_PX, width, 3), GROUND, np.uint8)
    for text, column in texts:
        plain = text.encode("ascii", "replace").decode()
        LETTERS.write(strip, plain, (LINE_PX - GAP_PX, column), INK)
    return strip


def _coloured(error_map: NDArray[np.float32]) -> NDArray[np.uint8]:
    levels = np.rint(255 * error_map).astype(np.uint8)
    return np.asarray(cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO)[..., ::-1])


def _enlarged(view: NDArray[np.uint8]) -> NDArray[np.uint8]:
    size = ENLARGED * view.shape[1], ENLARGED * view.shape[0]
    return np.asarray(cv2.resize(view, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _boxed(view: NDArray[np.uint8], box: Box | None) -> NDArray[np.uint8]:
    """Draw a box around a region of an enlarged crop, so that it hides none of it."""
    drawn = view.copy()
    if box is not None:
        top, left, bottom, right = (ENLARGED * edge for edge in box)
        first, last = (left - BOX_PX, top - BOX_PX), (right - 1 + BOX_PX, bottom - 1 + BOX_PX)
        cv2.rectangle(drawn, first, last, FLAGGED, BOX_PX)
    return drawn


def _framed(view: NDArray[np.uint8]) -> NDArray[np.uint8]:
    around = ((GAP_PX, GAP_PX), (GAP_PX, GAP_PX), (0, 0))
    return np.pad(view, around, constant_values=GROUND)
