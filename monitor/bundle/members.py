"""A slide's dump as files, and files as a dump."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from monitor.bundle.check import check_dump
from monitor.bundle.manifest import BundleError
from monitor.store import FlaggedCell, FrameRecord, SlideDump

SLIDE, RECORDS, FLAGGED = "slide.json", "fields.json", "flagged.json"
SCORES, BOXES = "scores.f32", "boxes.u16"
SEEN, DONE = "frames-seen.bits", "frames-done.bits"
EVENTS, AUDIT = "events.json", "audit.json"
MAP_PICTURE, MAP_LAYOUT = "map.jpg", "map.json"
CROPS = "crops/"
REQUIRED = (SLIDE, RECORDS, FLAGGED, SCORES, BOXES, SEEN, DONE, EVENTS, AUDIT)

SCORE_BYTES, BOX_BYTES = 4, 8
READS_ONLY = "exported"
"""Deeds that change nothing and are left out, so that a slide gives the same bundle again."""


def members_of(dump: SlideDump) -> dict[str, bytes]:
    """Give a dump as files, by name."""
    audit = [entry for entry in dump.audit if entry[1].get("action") != READS_ONLY]
    files = {
        SLIDE: _json(dump.fields),
        RECORDS: _json({str(n): msgspec.Raw(one) for n, one in dump.records.items()}),
        SCORES: b"".join(dump.scores.values()),
        BOXES: b"".join(dump.boxes.values()),
        SEEN: dump.seen,
        DONE: dump.done,
        EVENTS: _json(dump.events),
        AUDIT: _json(audit),
    }
    if dump.map_layout:
        files |= {MAP_PICTURE: dump.map_picture, MAP_LAYOUT: dump.map_layout}
    described = {}
    for name, (score, data) in dump.flagged.items():
        cell = msgspec.msgpack.decode(data, type=FlaggedCell)
        files[crop_name(name)] = cell.png
        described[name] = msgspec.structs.replace(cell, png=b"", score=score)
    return files | {FLAGGED: _json(described)}


def dump_of(files: Mapping[str, bytes]) -> SlideDump:
    """Read a dump out of files.

    Raises
    ------
    BundleError
        A file is missing, or does not hold what it should.
    """
    missing = [name for name in REQUIRED if name not in files]
    if missing:
        raise BundleError(f"{missing[0]} is missing from the archive: write the bundle again")
    try:
        dump = _dump_of(files)
        check_dump(dump)
    except (msgspec.DecodeError, KeyError, ValueError) as error:
        raise BundleError(f"its files do not fit each other ({error}): write it again") from error
    return dump


def crop_name(cell: str) -> str:
    """Name the file of the crop of ``FRAME:CELL``."""
    return f"{CROPS}{cell.replace(':', '-')}.png"


def _dump_of(files: Mapping[str, bytes]) -> SlideDump:
    raw = msgspec.json.decode(files[RECORDS], type=dict[int, msgspec.Raw])
    records = {number: bytes(one) for number, one in raw.items()}
    cells = {
        number: known.cells
        for number, one in records.items()
        if (known := msgspec.json.decode(one, type=FrameRecord)).cells is not None
    }
    entries = list[tuple[str, dict[str, str]]]
    return SlideDump(
        fields=msgspec.json.decode(files[SLIDE], type=dict[str, str]),
        seen=files[SEEN],
        done=files[DONE],
        records=records,
        scores=dict(_pieces(files[SCORES], SCORES, cells, SCORE_BYTES)),
        boxes=dict(_pieces(files[BOXES], BOXES, cells, BOX_BYTES)),
        flagged=_flagged(files),
        map_picture=files.get(MAP_PICTURE, b""),
        map_layout=files.get(MAP_LAYOUT, b""),
        events=tuple(msgspec.json.decode(files[EVENTS], type=entries)),
        audit=tuple(msgspec.json.decode(files[AUDIT], type=entries)),
    )


def _flagged(files: Mapping[str, bytes]) -> dict[str, tuple[float, bytes]]:
    described = msgspec.json.decode(files[FLAGGED], type=dict[str, FlaggedCell])
    whole = {
        name: msgspec.structs.replace(cell, png=files[crop_name(name)])
        for name, cell in described.items()
    }
    return {name: (cell.score, msgspec.msgpack.encode(cell)) for name, cell in whole.items()}


def _pieces(
    log: bytes, name: str, cells: Mapping[int, int], size: int
) -> Iterator[tuple[int, bytes]]:
    """Cut a log of all cells into fields, by the number of cells of each."""
    if len(log) != size * sum(cells.values()):
        raise ValueError(f"{name} has {len(log) // size} cells, the fields {sum(cells.values())}")
    start = 0
    for number in sorted(cells):
        end = start + size * cells[number]
        yield number, log[start:end]
        start = end


def _json(value: Any) -> bytes:
    return msgspec.json.encode(value, order="sorted") + b"\n"
