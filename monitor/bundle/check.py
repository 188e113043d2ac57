"""Checks that a dump of unknown origin can be a slide."""

import math
import re

import msgspec

from monitor.store import LIVING, PASSING, MapLayout, SlideDump, ToldEvent
from monitor.store.summarise import summary_of

_CELL = re.compile(r"\d{1,10}:\d{1,10}")
_ENTRY = re.compile(r"(\d{1,15})-(\d{1,15})")


def check_dump(dump: SlideDump) -> None:
    """Refuse what the store would not take or could not read again.

    Raises
    ------
    KeyError, ValueError, msgspec.DecodeError
        A count is missing or no number, the slide is still owned, a cell, an event or the map is
        not one.
    """
    owned = sorted(PASSING & dump.fields.keys())
    if owned or summary_of("a", dump.fields, {}, (0, 0)).state in LIVING:
        raise ValueError("the slide is still being counted in it")
    for name, (score, _) in dump.flagged.items():
        if not _CELL.fullmatch(name) or not math.isfinite(score):
            raise ValueError(f"flagged cell {name[:40]!r} is none")
    if dump.map_layout:
        msgspec.json.decode(dump.map_layout, type=MapLayout)
    for entries in (dump.events, dump.audit):
        _check_entries(entries)
    for entry, told in dump.events:
        msgspec.convert({"at": "", **told, "id": entry}, ToldEvent, strict=False)


def _check_entries(entries: tuple[tuple[str, dict[str, str]], ...]) -> None:
    """Refuse ids that a stream would not take, and entries without fields."""
    last = (0, 0)
    for name, told in entries:
        found = _ENTRY.fullmatch(name)
        place = (int(found[1]), int(found[2])) if found else last
        if place <= last or not told:
            raise ValueError(f"event {name[:40]!r} is none or out of order")
        last = place
