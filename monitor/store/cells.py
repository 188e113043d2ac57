"""Reads back every counted cell of a slide, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from monitor.store.client import Word
from monitor.store.connection import Store
from monitor.store.encode import decode_boxes, decode_scores
from monitor.store.errors import StoreError
from monitor.store.keys import SlideKeys
from monitor.store.records import FrameRecord

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class FieldCells:
    """The cells of one field.

    Attributes
    ----------
    number, name
        The frame's number and name.
    scores
        (n,) float32; NaN: without a score.
    boxes
        (n, 4) int32, (top, left, bottom, right), half-open, in pixels of the frame.
    """

    number: int
    name: str
    scores: NDArray[np.float32]
    boxes: NDArray[np.int32]


def field_cells(store: Store, slide_id: str) -> Iterator[FieldCells]:
    """Give the fields that stand now, in order of their frames.

    Raises
    ------
    StoreError
        The slide is replaced meanwhile.
    """
    keys = SlideKeys.of(slide_id)
    numbers = sorted(int(number) for number in store.client.ask("HKEYS", keys.scores))
    for start in range(0, len(numbers), AT_ONCE):
        part = numbers[start : start + AT_ONCE]
        logs = (keys.fields, keys.scores, keys.boxes)
        asked: list[list[Word]] = [["HMGET", key, *part] for key in logs]
        columns = store.client.ask_together(asked, atomic=True)
        for number, record, scores, boxes in zip(part, *columns, strict=True):
            if record is None or scores is None or boxes is None:
                raise StoreError(f"slide {slide_id} was replaced while it was read: read it again")
            name = msgspec.json.decode(record, type=FrameRecord).name or ""
            yield FieldCells(number, name, decode_scores(scores), decode_boxes(boxes))
