"""How large the cells of a slide are: its fields tell together what a single one may not."""

import threading
from collections import deque

import numpy as np

from config import Settings
from monitor.sources import Frame, Source
from segmenter import Segmentation, segment

LOOKED_AT = 16
EVERY = 20
"""Frames of a video looked at before the first is counted: every 20th, always the first ones,
so that a resumed slide is counted alike."""

ENOUGH_CELLS = 60
FIELDS = 32
MIDDLE = (25, 75)
GOOD = "good"

Shape = tuple[int, int]
"""Height and width of frames in pixels."""


class SlideScale:
    """The usual diameter of the slide's cells in frames of each size; safe from any thread.

    Parameters
    ----------
    learns
        Whether fields counted later still tell.
    """

    def __init__(self, learns: bool) -> None:
        self._learns = learns
        self._found: dict[Shape, deque[tuple[float, int]]] = {}
        self._lock = threading.Lock()

    def of(self, shape: Shape) -> float | None:
        """Give it in pixels of frames of a height and width; None while too few cells were seen."""
        with self._lock:
            found = list(self._found.get(shape, ()))
        if sum(cells for _, cells in found) < ENOUGH_CELLS:
            return None
        each = np.repeat(*(np.array(column) for column in zip(*found, strict=True)))
        low, high = np.percentile(each, MIDDLE)
        return float(each[(each >= low) & (each <= high)].mean())

    def learn(self, shape: Shape, segmentation: Segmentation) -> None:
        """Learn from a field that was segmented without knowing the diameter."""
        if self._learns:
            self.add(shape, segmentation)

    def add(self, shape: Shape, segmentation: Segmentation) -> None:
        """Take in a field."""
        if segmentation.quality.verdict == GOOD and segmentation.diameter_px is not None:
            with self._lock:
                found = self._found.setdefault(shape, deque(maxlen=FIELDS))
                found.append((segmentation.diameter_px, len(segmentation.cells)))


def scale_of(source: Source, settings: Settings) -> SlideScale:
    """Look at the first frames of a video, spread out; cameras tell as they go."""
    scale = SlideScale(learns=source.live)
    if source.live or settings.segmenter.um_per_pixel is not None:
        return scale
    looked_at = range(0, LOOKED_AT * EVERY, EVERY)
    for frame in source.frames(done=_AllBut(looked_at)):
        if isinstance(frame, Frame):
            found = segment(frame.image, settings.segmenter, settings.quality)
            scale.add(shape_of(frame), found)
        if frame.number >= looked_at[-1]:
            break
    return scale


def shape_of(frame: Frame) -> Shape:
    """Give height and width of a frame in pixels."""
    height, width = frame.image.shape[:2]
    return height, width


class _AllBut:
    """All numbers but some, up to the last of these."""

    def __init__(self, some: range) -> None:
        self._some = some

    def __contains__(self, number: object) -> bool:
        return number not in self._some and isinstance(number, int) and number < self._some[-1]
