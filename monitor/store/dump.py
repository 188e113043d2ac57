"""Takes a slide out of the store whole, and puts one in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from monitor.store.client import Word
from monitor.store.clock import clock_told, clock_words
from monitor.store.connection import Store
from monitor.store.errors import SlideExists, SlideNotCounting, SlideNotFound
from monitor.store.keys import SLIDES, SlideKeys
from monitor.store.queries import not_found_text
from monitor.store.summarise import LIVING, decoded, summary_of

PASSING = frozenset({"owner", "owner_seen_ms", "last_owner", "wanted", "events_told"})
"""Fields of the slide's hash that mean nothing once it is elsewhere."""

AT_ONCE = 500
"""Pairs in one command: Lua has room for some 8,000 values."""

Entry = tuple[str, dict[str, str]]
"""An entry of a stream: its id and its fields."""


@dataclass(frozen=True, slots=True)
class SlideDump:
    """All that the store keeps of a slide that is not being counted.

    Attributes
    ----------
    fields
        The slide's hash.
    seen, done
        Bitmaps of frame numbers, as Redis keeps them.
    records, scores, boxes
        By frame number, as ``docs/redis.md`` says: JSON, float32 and uint16 little-endian.
    flagged
        Score and MessagePack record of each flagged cell that is kept, by ``FRAME:CELL``.
    map_picture, map_layout
        JPEG and JSON; both empty where there is no map.
    events, audit
        Entries of the streams, oldest first.
    """

    fields: dict[str, str]
    seen: bytes
    done: bytes
    records: dict[int, bytes]
    scores: dict[int, bytes]
    boxes: dict[int, bytes]
    flagged: dict[str, tuple[float, bytes]]
    map_picture: bytes
    map_layout: bytes
    events: tuple[Entry, ...]
    audit: tuple[Entry, ...]


def dump_slide(store: Store, slide_id: str) -> SlideDump:
    """Read a slide in one atomic step.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    SlideNotCounting
        It is being counted, so that what is read is not the end of it.
    """
    keys = SlideKeys.of(slide_id)
    hashes = (keys.fields, keys.scores, keys.boxes)
    asked: list[Sequence[Word]] = [["HGETALL", keys.slide], clock_words(keys.slide)]
    asked += [["GET", keys.seen], ["GET", keys.done], *(["HGETALL", key] for key in hashes)]
    asked += [["ZRANGE", keys.flagged, 0, -1, "WITHSCORES"], ["HGETALL", keys.flagged_cells]]
    asked += [["HMGET", keys.map, "picture", "layout"]]
    asked += [["XRANGE", keys.events, "-", "+"], ["XRANGE", keys.audit, "-", "+"]]
    stored, clock, seen, done, *logs, ranked, kept, drawn, events, audit = (
        store.client.ask_together(asked, atomic=True)
    )
    if not stored:
        raise SlideNotFound(not_found_text(store, slide_id))
    fields = decoded(stored)
    state = summary_of(slide_id, fields, {}, clock_told(clock)).state
    if state in LIVING:
        raise SlideNotCounting(
            f"slide {slide_id} is being counted: end it first with smearwatch finish {slide_id}"
        )
    records, scores, boxes = ({int(n): log[n] for n in sorted(log, key=int)} for log in logs)
    picture, layout = drawn
    return SlideDump(
        fields={key: fields[key] for key in sorted(fields.keys() - PASSING)} | {"state": state},
        seen=seen or b"",
        done=done or b"",
        records=records,
        scores=scores,
        boxes=boxes,
        flagged={
            name.decode(): (float(score), kept[name])
            for name, score in zip(ranked[::2], ranked[1::2], strict=True)
        },
        map_picture=picture or b"",
        map_layout=layout or b"",
        events=tuple(map(_entry, events)),
        audit=tuple(map(_entry, audit)),
    )


def restore_slide(store: Store, slide_id: str, dump: SlideDump) -> None:
    """Put a slide into the store in one atomic step, under an id that is free.

    Raises
    ------
    SlideExists
        There is a slide of this id.
    """
    store.client.ask("ZADD", SLIDES, "NX", 0, slide_id)
    keys = SlideKeys.of(slide_id)
    places = {key: place for place, key in enumerate(keys.all(), 1)}
    words: list[Word] = []
    for command, key, values in _commands(keys, dump):
        words += [2 + len(values), command, places[key], *values]
    if not store.client.run("restore", keys, words):
        raise SlideExists(f"slide {slide_id} exists: choose another id with --slide ID")
    started = datetime.fromisoformat(dump.fields["started_at"]).timestamp()
    store.client.ask("ZADD", SLIDES, started, slide_id)


def _entry(stored: tuple[bytes, dict[bytes, bytes]]) -> Entry:
    return stored[0].decode(), decoded(stored[1])


def _commands(keys: SlideKeys, dump: SlideDump) -> Iterator[tuple[str, str, Sequence[Word]]]:
    """Give the commands that write a slide: name, key and what follows it."""
    yield "SET", keys.seen, [dump.seen]
    yield "SET", keys.done, [dump.done]
    drawn = {"picture": dump.map_picture, "layout": dump.map_layout} if dump.map_layout else {}
    hashes: list[tuple[str, Mapping[Any, Word]]] = [
        (keys.slide, dump.fields),
        (keys.fields, dump.records),
        (keys.scores, dump.scores),
        (keys.boxes, dump.boxes),
        (keys.map, drawn),
        (keys.flagged_cells, {name: record for name, (_, record) in dump.flagged.items()}),
    ]
    for key, stored in hashes:
        yield from (("HSET", key, part) for part in _parts(stored.items()))
    ranked = [(repr(score), name) for name, (score, _) in dump.flagged.items()]
    yield from (("ZADD", keys.flagged, part) for part in _parts(ranked))
    for key, entries in ((keys.events, dump.events), (keys.audit, dump.audit)):
        for entry, told in entries:
            yield "XADD", key, [entry, *(word for pair in told.items() for word in pair)]


def _parts(pairs: Iterable[tuple[Word, Word]]) -> Iterator[list[Word]]:
    rest = iter(pairs)
    while part := list(islice(rest, AT_ONCE)):
        yield [word for pair in part for word in pair]
