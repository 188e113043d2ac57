"""What a source tells of itself, and what is watched in its frames, on a real store."""

from collections.abc import Iterator

import pytest

from monitor.committer import Committer
from monitor.life import SlideLife
from monitor.sources.notices import Notice, Notices
from monitor.store import SlideInfo, Store, events
from monitor.told_by_source import ToldBySource


class TellingSource:
    """A camera that gives no frames, but tells what happens to it."""

    def __init__(self) -> None:
        self.notices = Notices()

    def take_notices(self) -> list[Notice]:
        return self.notices.take()


@pytest.fixture
def committer(store: Store) -> Iterator[Committer]:
    info = SlideInfo("made", "camera", False, True, True, None, "m", 0.5, "1")
    life = SlideLife(True, None, lambda: True)
    writer = store.begin("a", info, "new")
    with Committer(store, writer, store.settings, lambda: {}, life) as running:
        yield running


def told(store: Store) -> list[tuple[str, str | None, bool | None]]:
    return [(one.kind, one.text, one.cleared) for one in events(store, "a") if one.kind != "state"]


def test_what_a_source_tells_is_on_the_slide_and_over_when_it_says_so(store, committer) -> None:
    source = TellingSource()
    passed = ToldBySource(source, committer)
    source.notices.tell("camera_lost", "camera:0 gives no more frames")
    passed.pass_on()
    source.notices.clear("camera_lost", "camera:0 is back")
    passed.pass_on()
    passed.pass_on()
    committer.finish("ended")
    assert told(store) == [
        ("camera_lost", "camera:0 gives no more frames", False),
        ("camera_lost", "camera:0 is back", True),
    ]


def test_of_settings_refused_none_ends_another(store, committer) -> None:
    source = TellingSource()
    source.notices.tell_refused({"gain": "no gain", "fps": "no fps"}, "camera:0")
    source.notices.tell_refused({"fps": "no fps"}, "camera:0")
    ToldBySource(source, committer).pass_on()
    committer.finish("ended")
    assert told(store) == [
        ("setting_refused", "no gain", None),
        ("setting_refused", "no fps", None),
        ("setting_refused", "camera:0 takes source.gain now", None),
    ]


def test_a_source_that_tells_nothing_is_asked_nothing(store, committer) -> None:
    ToldBySource(object(), committer).pass_on()
    committer.finish("ended")
    assert told(store) == []
