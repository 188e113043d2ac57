"""Writes the crops that a slide keeps as folders by label."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import cv2

from monitor.store import KeptCell
from monitor.whole_folder import safe_name

FLAGGED, UNFLAGGED = "flagged", "unflagged"


def write_crops(
    cells: Iterable[KeptCell],
    threshold: float,
    folder: Path,
    labels: Mapping[tuple[int, int], str] | None = None,
) -> dict[str, int]:
    """Write crops as PNG files ``LABEL/FRAME-CELL.png``; how many there are by label.

    Parameters
    ----------
    cells
        What the slide keeps: cells that were flagged when they were counted.
    threshold
        Cells below it are ``unflagged``, others ``flagged``.
    folder
        Where to.
    labels
        What reviewers say, by frame number and cell, which goes before; None: no reviews.
    """
    counts: dict[str, int] = {}
    for cell in cells:
        found = FLAGGED if cell.score >= threshold else UNFLAGGED
        label = safe_name((labels or {}).get((cell.field, cell.cell), found)) or found
        place = folder / label
        place.mkdir(exist_ok=True)
        done, png = cv2.imencode(".png", cell.crop[..., ::-1])
        if not done:
            raise ValueError(f"crop of shape {cell.crop.shape} cannot be written as PNG")
        (place / f"{cell.field}-{cell.cell}.png").write_bytes(png.tobytes())
        counts[label] = counts.get(label, 0) + 1
    return counts
