"""Finds what is burned into the pictures of a source, before the first of them is counted."""

import logging
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from monitor.sources import Frame, Source
from segmenter import standing_graphics

logger = logging.getLogger(__name__)

LOOKED_AT = 16
"""Frames looked at. Always the first ones, so that a resumed slide is counted alike."""


def graphics_of(source: Source) -> NDArray[np.bool_] | None:
    """Find scale bars, text and pointers that stand still in a source of separate fields.

    Neighbouring frames of a video or camera may show one field, in which all stands still;
    in them graphics are told apart in each frame only.

    Returns
    -------
    (h, w) bool, or None where there is nothing of the kind.
    """
    if source.simulated or source.repeats or source.names is None:
        return None
    standing = standing_graphics(_first_pictures(source, len(source.names)))
    if standing is not None:
        share = 100 * float(standing.mean())
        logger.info("a scale bar or text is burned into %.2f %% of the pictures' area", share)
    return standing


def _first_pictures(source: Source, count: int) -> Iterator[NDArray[np.uint8]]:
    for frame in source.frames(done=range(LOOKED_AT, count)):
        if isinstance(frame, Frame):
            yield frame.image
