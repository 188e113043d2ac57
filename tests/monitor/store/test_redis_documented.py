"""``docs/redis.md`` names every key and every field that a slide has."""

import re
from pathlib import Path

from monitor.store import Event, FrameOutcome, ask_slide
from monitor.store.keys import LAYOUT, SLIDES, SlideKeys

PAGE = (Path(__file__).parents[3] / "docs" / "redis.md").read_text("utf-8")
IN_CODE = set(re.findall(r"`([^`\n]+)`", PAGE))


def test_every_key_is_documented():
    assert [key for key in (LAYOUT, SLIDES, *SlideKeys.of("ID").all()) if key not in IN_CODE] == []


def test_every_field_of_a_slide_and_of_its_events_is_documented(store, info, field):
    writer = store.begin("a", info, "new")
    writer.commit_field(field(0, [0.1, 0.9]))
    writer.record([FrameOutcome(1, "rejected", "blurred", "b.jpg", "focus score 1")])
    writer.event(Event("idle", "nothing was counted"), 1)
    writer.event(Event("dust", "a spot stays", False), 2)
    ask_slide(store, "a", "paused")
    keys = SlideKeys.of("a")
    names = set(store.client.ask("HKEYS", keys.slide))
    writer.finish("ended")
    names |= set(store.client.ask("HKEYS", keys.slide))
    for _, event in store.client.ask("XRANGE", keys.events, "-", "+"):
        names |= set(event)
    plain = {name.decode() for name in names if b":" not in name}
    assert {"wanted", "events_told", "last_owner", "cleared"} <= plain
    assert sorted(plain - IN_CODE) == []
