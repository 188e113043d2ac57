"""Reads back every counted cell of a slide, field by field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from monitor.store.client import Word
from monitor.store.connection import Store
from monitor.store.encode import decode_boxes, decode_scores
from monitor.store.errors import StoreError
from monitor.store.flagged import worst_box_of
from monitor.store.keys import SlideKeys
from monitor.store.readable import readable
from monitor.store.records import Box, FrameRecord

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
    worst_boxes
        The worst region by cell, half-open, in pixels of its crop, of those flagged cells that
        the slide keeps.
    """

    number: int
    name: str
    scores: NDArray[np.float32]
    boxes: NDArray[np.int32]
    worst_boxes: Mapping[int, Box]


def field_cells(store: Store, slide_id: str) -> Iterator[FieldCells]:
    """Give the fields that stand now, in order of their frames.

    Raises
    ------
    StoreError
        The slide is replaced meanwhile.
    """
    with readable(slide_id):
        yield from _field_cells(store, slide_id)


def _field_cells(store: Store, slide_id: str) -> Iterator[FieldCells]:
    keys = SlideKeys.of(slide_id)
    numbers = sorted(int(number) for number in store.client.ask("HKEYS", keys.scores))
    kept = _kept_by_field(store, keys)
    for start in range(0, len(numbers), AT_ONCE):
        part = numbers[start : start + AT_ONCE]
        cells = [(number, cell) for number in part for cell in kept.get(number, ())]
        columns, records = _ask(store, keys, part, cells)
        worst = _worst_boxes(cells, records)
        for number, record, scores, boxes in zip(part, *columns, strict=True):
            if record is None or scores is None or boxes is None:
                raise StoreError(f"slide {slide_id} was replaced while it was read: read it again")
            name = msgspec.json.decode(record, type=FrameRecord).name or ""
            decoded = decode_scores(scores), decode_boxes(boxes)
            if len(decoded[0]) != len(decoded[1]):
                raise ValueError(
                    f"frame {number}: {len(decoded[0])} scores, {len(decoded[1])} boxes"
                )
            yield FieldCells(number, name, *decoded, worst.get(number, {}))


def _kept_by_field(store: Store, keys: SlideKeys) -> dict[int, list[int]]:
    """List the flagged cells that have a record, by field."""
    by_field: dict[int, list[int]] = {}
    for member in store.client.ask("ZRANGE", keys.flagged, 0, -1):
        field, cell = map(int, member.split(b":"))
        by_field.setdefault(field, []).append(cell)
    return by_field


def _ask(
    store: Store, keys: SlideKeys, numbers: Sequence[int], cells: Sequence[tuple[int, int]]
) -> tuple[list[Any], list[bytes | None]]:
    """Read records, scores and boxes of fields, and the records of flagged cells, in one step."""
    logs = (keys.fields, keys.scores, keys.boxes)
    asked: list[list[Word]] = [["HMGET", key, *numbers] for key in logs]
    if cells:
        asked.append(["HMGET", keys.flagged_cells, *(f"{field}:{cell}" for field, cell in cells)])
    replies = store.client.ask_together(asked, atomic=True)
    return replies[: len(logs)], replies[-1] if cells else []


def _worst_boxes(
    cells: Sequence[tuple[int, int]], records: Sequence[bytes | None]
) -> dict[int, dict[int, Box]]:
    """Give the worst regions that are known, by field and cell."""
    known: dict[int, dict[int, Box]] = {}
    for (field, cell), record in zip(cells, records, strict=True):
        box = None if record is None else worst_box_of(record)
        if box is not None:
            known.setdefault(field, {})[cell] = box
    return known
