"""Reads the events of a slide, those that stand and those that come."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from monitor.store.client import Word
from monitor.store.connection import Store
from monitor.store.errors import SlideNotFound
from monitor.store.keys import SlideKeys
from monitor.store.queries import not_found_text, summary
from monitor.store.summarise import LIVING, decoded

WAIT_MS = 500
_AT_ONCE = 500
_BEGINNING = "-"


class ToldEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event as it stands in the slide's stream; what does not belong to its kind is None.

    Attributes
    ----------
    id
        Of the stream's entry; later events have higher ones.
    at
        When it happened, or was booked: ISO 8601, UTC.
    kind
        ``state``, ``field``, ``failed``, ``rejected``, or the kind of an :class:`Event`.
    text
        For a person: what happened.
    cleared
        For a condition: whether it is over.
    number, name, reason
        The frame's number and name, and why it was not counted.
    cells, flagged, unscored
        Of a field that was counted.
    """

    id: str
    at: str
    kind: str
    text: str | None = None
    cleared: bool | None = None
    number: int | None = None
    name: str | None = None
    reason: str | None = None
    cells: int | None = None
    flagged: int | None = None
    unscored: int | None = None


def events(store: Store, slide_id: str) -> list[ToldEvent]:
    """Give the events of a slide that are kept, oldest first.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    """
    keys = SlideKeys.of(slide_id)
    exists, entries = store.client.ask_together(
        [["EXISTS", keys.slide], ["XRANGE", keys.events, _BEGINNING, "+"]], atomic=True
    )
    if not exists:
        raise SlideNotFound(not_found_text(store, slide_id))
    return [_told(entry) for entry in entries]


def follow_events(store: Store, slide_id: str) -> Iterator[ToldEvent]:
    """Give the events of a slide that are kept, then each as it comes, while it is counted.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    """
    last = "0"
    for event in events(store, slide_id):
        last = event.id
        yield event
    counted = True
    while counted:
        # Asked before the last look, so that the event of its end is not missed.
        counted = summary(store, slide_id).state in LIVING
        for event in _after(store, slide_id, last, WAIT_MS if counted else None):
            last = event.id
            yield event


def _after(store: Store, slide_id: str, last: str, wait_ms: int | None) -> Iterator[ToldEvent]:
    waiting: list[Word] = [] if wait_ms is None else ["BLOCK", wait_ms]
    key = SlideKeys.of(slide_id).events
    for _, entries in store.client.ask("XREAD", "COUNT", _AT_ONCE, *waiting, "STREAMS", key, last):
        for entry in entries:
            yield _told(entry)


def _told(entry: tuple[bytes, dict[bytes, bytes]]) -> ToldEvent:
    name, stored = entry
    fields = decoded(stored)
    booked_s = int(name.partition(b"-")[0]) / 1000
    at = datetime.fromtimestamp(booked_s, UTC).isoformat(timespec="milliseconds")
    cleared = {} if "cleared" not in fields else {"cleared": fields.pop("cleared") == "1"}
    return msgspec.convert(
        {"id": name.decode(), "at": at, **fields, **cleared}, ToldEvent, strict=False
    )
