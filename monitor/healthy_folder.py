"""Cells of healthy smears from plain pictures, in which every cell is taken as healthy."""

import logging
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from config import Settings
from monitor.graphics import graphics_of
from monitor.sources import Frame, SourceError, UnreadableFrame, open_source
from segmenter import cut_crops, segment
from segmenter.quality import GOOD

logger = logging.getLogger(__name__)

Cells = tuple[NDArray[np.uint8], NDArray[np.int32]]


def read_healthy(folder: Path, settings: Settings) -> Cells:
    """Segment the pictures of a folder, or of its subfolders, of which each is a slide.

    Fields that would not be counted on a slide are passed over, and named in the log.

    Parameters
    ----------
    folder
        With pictures of healthy smears.
    settings
        Of the segmenter.

    Returns
    -------
    Crops, (n, 64, 64, 3) uint8, and of each cell the slide, or where there are no subfolders the
    field, (n,) int32.

    Raises
    ------
    SourceError
        There is no picture, or no cell in any of them.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder}: no such folder; name one with pictures of healthy smears")
    slides = [slide for slide in sorted(folder.iterdir()) if slide.is_dir()]
    fields = [_fields(slide, settings) for slide in slides or [folder]]
    parts = [np.concatenate(slide) for slide in fields if slide] if slides else fields[0]
    if not sum(len(crops) for crops in parts):
        raise SourceError(f"{folder}: no cell was found in its pictures; name other ones")
    groups = np.repeat(np.arange(len(parts)), [len(crops) for crops in parts])
    return np.concatenate(parts), groups.astype(np.int32)


def _fields(folder: Path, settings: Settings) -> list[NDArray[np.uint8]]:
    """Give the crops of each field that can be counted."""
    with closing(open_source(str(folder), settings)) as source:
        graphics = graphics_of(source)
        crops = [_crops(frame, settings, graphics) for frame in source.frames()]
    return [some for some in crops if some is not None]


def _crops(
    frame: Frame | UnreadableFrame, settings: Settings, graphics: NDArray[np.bool_] | None
) -> NDArray[np.uint8] | None:
    if isinstance(frame, UnreadableFrame):
        logger.warning("%s is passed over: %s", frame.name, frame.problem)
        return None
    known = graphics if graphics is not None and graphics.shape == frame.image.shape[:2] else None
    found = segment(frame.image, settings.segmenter, settings.quality, known)
    if found.quality.verdict != GOOD:
        logger.warning("%s is passed over: %s", frame.name, found.quality.verdict)
        return None
    return cut_crops(frame.image, found)
