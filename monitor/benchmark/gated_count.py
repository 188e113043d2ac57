"""Counts a source through the field gate, with the parts of capture, but scores nothing."""

import time
from dataclasses import dataclass

import numpy as np

from config import Settings, UsageError
from monitor.gate.gate import FieldGate, Seen
from monitor.label_frames import LabelFrames
from monitor.prepare import Prepared, prepare
from monitor.scale import shape_of
from monitor.sieve import sieve
from monitor.sources import Frame, Source
from segmenter import Segmentation, segment

GOOD = "good"


@dataclass(frozen=True, slots=True)
class GatedCount:
    """What was counted.

    Attributes
    ----------
    cells
        Each once, as the gate takes it.
    fields, rejected
        Frames counted, and frames given by the gate that were too poor to count.
    parts, apart
        Parts of the slide map that were opened, 1 where tracking was never lost, and those that
        are on it in the end: the others were joined to these, or nothing was counted on them.
    diameter_px
        Usual diameter of a cell, as the first frames told it; None: they did not.
    look_ms
        CPU time that the gate's thread took for each frame in turn.
    """

    cells: int
    fields: int
    rejected: int
    parts: int
    apart: int
    diameter_px: float | None
    look_ms: tuple[float, ...]


def count_gated(source: Source, settings: Settings) -> GatedCount:
    """Count a source that is not live in this thread, each place once.

    Raises
    ------
    UsageError
        The settings switch the gate off.
    """
    prepared = prepare(source, settings, LabelFrames(expected=False), {}, ())
    if prepared.gate is None:
        raise UsageError("gate.mode is off, so there is no field gate to measure; set it to auto")
    count = _Count(prepared, prepared.gate, settings)
    for frame in source.frames():
        if isinstance(frame, Frame):
            count.look(frame)
    return count.ended()


class _Count:
    """A count under way."""

    def __init__(self, prepared: Prepared, gate: FieldGate, settings: Settings) -> None:
        self._prepared = prepared
        self._gate = gate
        self._settings = settings
        self._new: list[int] = []
        self._rejected = 0
        self._diameter_px: float | None = None
        self._look_ms: list[float] = []

    def look(self, frame: Frame) -> None:
        seen, ms = _timed_look(self._gate, frame)
        self._look_ms.append(ms)
        if seen.field is not None:
            self._count(seen.field[0])

    def ended(self) -> GatedCount:
        held = self._gate.flush()
        if held is not None:
            self._count(held[0])
        drawn = self._gate.map_picture()
        return GatedCount(
            cells=sum(self._new),
            fields=len(self._new),
            rejected=self._rejected,
            parts=self._gate.last_part + 1,
            apart=0 if drawn is None else len(drawn.layout.tiles),
            diameter_px=self._diameter_px,
            look_ms=tuple(self._look_ms),
        )

    def _count(self, frame: Frame) -> None:
        segmentation = self._segmented(frame)
        if segmentation.quality.verdict != GOOD:
            self._gate.refuse(frame.number)
            self._rejected += 1
            return
        new, _ = sieve(self._gate, frame.number, segmentation)
        self._new.append(int(np.count_nonzero(new)))

    def _segmented(self, frame: Frame) -> Segmentation:
        shape, settings = shape_of(frame), self._settings
        graphics = self._prepared.standing.of(shape)
        self._diameter_px = self._prepared.scale.of(shape)
        return segment(
            frame.image, settings.segmenter, settings.quality, graphics, self._diameter_px
        )


def _timed_look(gate: FieldGate, frame: Frame) -> tuple[Seen, float]:
    """Have a gate look at a frame; give also the CPU time of this thread, in milliseconds."""
    started = time.thread_time()
    seen = gate.look(frame)
    return seen, 1e3 * (time.thread_time() - started)
