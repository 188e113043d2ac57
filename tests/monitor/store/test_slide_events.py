"""Events and conditions of a slide: told once, by its owner alone, and read again."""

import threading

import pytest

from monitor.store import (
    Event,
    FrameOutcome,
    SlideNotFound,
    SlideTaken,
    events,
    follow_events,
    slides,
    summary,
)
from monitor.store.arguments import LONGEST_TEXT


def told(store, *kinds):
    return [event for event in events(store, "a") if event.kind in kinds]


def test_an_event_taken_again_is_told_once(store, info):
    writer = store.begin("a", info, "new")
    for number in (1, 1, 2, 1):
        writer.event(Event("lamp", f"event {number}", at=1000.5), number)
    found = told(store, "lamp")
    assert [event.text for event in found] == ["event 1", "event 2"]
    assert found[0].at == "1970-01-01T00:16:40.500+00:00"
    assert found[0].cleared is None


def test_a_condition_stands_until_it_is_cleared(store, info):
    writer = store.begin("a", info, "new")
    writer.event(Event("dust", "a spot stays", False), 1)
    writer.event(Event("lost", "the camera is gone", False), 2)
    assert summary(store, "a").conditions == {
        "dust": "a spot stays",
        "lost": "the camera is gone",
    }
    assert slides(store)[0].conditions == summary(store, "a").conditions
    writer.event(Event("lost", "the camera is back", True), 3)
    assert summary(store, "a").conditions == {"dust": "a spot stays"}
    assert [event.cleared for event in told(store, "dust", "lost")] == [False, False, True]


def test_no_condition_outlives_the_counting(store, info):
    writer = store.begin("a", info, "new")
    writer.event(Event("dust", "a spot stays", False), 1)
    writer.finish("interrupted")
    assert summary(store, "a").conditions == {}
    assert store.client.ask("EXISTS", "slide:{a}:conditions") == 0
    writer = store.begin("a", info, "resume")
    assert summary(store, "a").conditions == {}
    writer.event(Event("dust", "there again", False), 1)
    assert summary(store, "a").conditions == {"dust": "there again"}


def test_one_who_has_lost_the_slide_tells_nothing(store, info):
    zombie = store.begin("a", info, "new")
    store.client.ask("HSET", "slide:{a}", "owner_seen_ms", 0)
    store.begin("a", info, "resume")
    with pytest.raises(SlideTaken):
        zombie.event(Event("dust", "a spot stays", False), 1)
    assert told(store, "dust") == []
    assert summary(store, "a").conditions == {}


def test_long_texts_and_many_events_take_no_more_than_their_room(store, info):
    store.settings = store.settings.model_copy(update={"max_events": 5})
    writer = store.begin("a", info, "new")
    for number in range(1, 9):
        writer.event(Event("lamp", "x" * 2000), number)
    kept = events(store, "a")
    assert len(kept) == 5
    assert all(len(event.text) == LONGEST_TEXT for event in kept)


@pytest.mark.parametrize("kind", ["", "two words", "Dust", "x" * 41])
def test_a_kind_is_one_short_word(kind):
    with pytest.raises(ValueError, match="kind must be one short word"):
        Event(kind, "text")


def test_events_of_frames_are_read_with_their_figures(store, info, field):
    writer = store.begin("a", info, "new")
    writer.commit_field(field(0, [0.1, 0.9, None]))
    writer.record([FrameOutcome(1, "rejected", "blurred", "IMG_1.jpg", "focus score 1")])
    writer.finish("ended")
    begun, counted, rejected, ended = events(store, "a")
    assert (begun.kind, begun.text) == ("state", "begun")
    assert (counted.number, counted.cells, counted.flagged, counted.unscored) == (0, 3, 1, 1)
    assert (rejected.name, rejected.reason, rejected.text) == (
        "IMG_1.jpg",
        "blurred",
        "focus score 1",
    )
    assert (ended.kind, ended.text) == ("state", "complete")


def test_following_gives_what_stands_and_what_comes_until_the_slide_has_ended(store, info):
    writer = store.begin("a", info, "new")
    following = follow_events(store, "a")
    assert next(following).text == "begun"
    rest = []
    reader = threading.Thread(target=lambda: rest.extend(following))
    reader.start()
    writer.event(Event("lamp", "darker"), 1)
    writer.finish("ended")
    reader.join(10)
    assert [event.text for event in rest] == ["darker", "complete"]


def test_events_of_an_unknown_slide_are_refused(store):
    with pytest.raises(SlideNotFound):
        events(store, "a")
