"""Counts a slide again from its score log and ledger, and compares."""

from collections import Counter

import msgspec
import numpy as np

from monitor.store import FrameRecord, FrameSet, SlideDump, decode_scores, looks_unhealthy
from monitor.store.summarise import NOT_CELLS, SETTLED

SETTLED_FRAMES = "frames_with_an_outcome"


class Difference(msgspec.Struct, frozen=True):
    """A count that does not come out again."""

    count: str
    stored: int
    recounted: int


class Recount(msgspec.Struct, frozen=True):
    """A slide counted again.

    Attributes
    ----------
    counts
        What was counted, by the names of the slide's Redis hash.
    differences
        Where the slide says otherwise, and fields whose records do; none: identical.
    """

    counts: dict[str, int]
    differences: tuple[Difference, ...]


def recount(dump: SlideDump) -> Recount:
    """Count cells, flagged cells, fields and frames again, and compare with what is stored."""
    records = {n: msgspec.json.decode(one, type=FrameRecord) for n, one in dump.records.items()}
    by_field = _by_field(dump, float(dump.fields["threshold"]))
    counts = _counts(dump, records, by_field)
    different = [
        Difference(name, stored, counts[name])
        for name in sorted(counts)
        if (stored := _stored(dump, name)) != counts[name]
    ]
    return Recount(counts, (*different, *_fields_different(records, by_field)))


def _stored(dump: SlideDump, name: str) -> int:
    if name == SETTLED_FRAMES:
        return sum(int(dump.fields[outcome]) for outcome in SETTLED)
    return int(dump.fields.get(name, 0))


FieldCounts = dict[int, tuple[int, int, int]]
"""Cells, flagged and unscored ones, by frame number."""


def _by_field(dump: SlideDump, threshold: float) -> FieldCounts:
    found = {}
    for number, log in dump.scores.items():
        scores = decode_scores(log)
        flagged = int(np.count_nonzero(looks_unhealthy(scores, threshold)))
        found[number] = len(scores), flagged, int(np.count_nonzero(np.isnan(scores)))
    return found


def _counts(
    dump: SlideDump, records: dict[int, FrameRecord], by_field: FieldCounts
) -> dict[str, int]:
    cells, flagged, unscored = (sum(one[place] for one in by_field.values()) for place in range(3))
    apart = Counter({name: 0 for name in dump.fields if name.startswith(NOT_CELLS)})
    for record in records.values():
        apart.update({f"{NOT_CELLS}{kind}": count for kind, count in record.not_cells.items()})
    return {
        "cells": cells,
        "flagged": flagged,
        "unscored": unscored,
        "fields": len(by_field),
        "frames_seen": len(FrameSet(dump.seen)),
        "frames_counted": len(by_field),
        SETTLED_FRAMES: len(FrameSet(dump.done)),
        **apart,
    }


def _fields_different(records: dict[int, FrameRecord], counted: FieldCounts) -> list[Difference]:
    return [
        Difference(f"{name} of field {number}", stored or 0, now)
        for number, counts in counted.items()
        for name, stored, now in zip(
            ("cells", "flagged", "unscored"),
            (records[number].cells, records[number].flagged, records[number].unscored),
            counts,
            strict=True,
        )
        if stored != now
    ]
