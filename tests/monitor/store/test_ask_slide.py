"""Asking a slide to pause, go on or finish: who hears it, and who is refused."""

import pytest

from monitor.store import (
    SlideNotCounting,
    SlideNotFound,
    ask_slide,
    events,
    slides,
    summary,
)


def test_a_capture_hears_with_its_heartbeat_what_is_wanted(store, info):
    writer = store.begin("a", info, "new")
    assert writer.heartbeat({}) == "counting"
    for wanted in ("paused", "counting", "finished"):
        ask_slide(store, "a", wanted)
        assert writer.heartbeat({}) == wanted


def test_a_slide_is_paused_once_its_capture_says_so(store, info):
    writer = store.begin("a", info, "new")
    ask_slide(store, "a", "paused")
    assert summary(store, "a").state == "counting"
    for activity in ("paused", "paused", "counting"):
        writer.heartbeat({}, activity)
        assert summary(store, "a").state == slides(store)[0].state == activity
    assert [event.text for event in events(store, "a")] == ["begun", "paused", "counting"]


def test_time_spent_paused_is_no_time_spent_counting(store, info):
    writer = store.begin("a", info, "new")
    seen_ms = ("slide:{a}", "owner_seen_ms")

    def beat_after_5_s(activity):
        store.client.ask("HSET", *seen_ms, int(store.client.ask("HGET", *seen_ms)) - 5000)
        writer.heartbeat({}, activity)
        return summary(store, "a").counting_s

    before = beat_after_5_s("paused")
    assert before >= 5
    assert beat_after_5_s("counting") == before
    assert beat_after_5_s("counting") >= before + 5


def test_a_paused_slide_whose_capture_died_is_interrupted_and_can_be_resumed(store, info):
    writer = store.begin("a", info, "new")
    ask_slide(store, "a", "paused")
    writer.heartbeat({}, "paused")
    store.client.ask("HSET", "slide:{a}", "owner_seen_ms", 0)
    assert summary(store, "a").state == "interrupted"
    with pytest.raises(SlideNotCounting, match=r"interrupted.*smearwatch run .* --resume"):
        ask_slide(store, "a", "counting")
    heir = store.begin("a", info, "resume")
    assert summary(store, "a").state == "counting"
    assert heir.heartbeat({}) == "counting"


@pytest.mark.parametrize("wanted", ["counting", "paused", "finished"])
def test_a_slide_that_has_ended_is_refused(store, info, wanted):
    store.begin("a", info, "new").finish("ended")
    with pytest.raises(SlideNotCounting, match="complete") as refused:
        ask_slide(store, "a", wanted)
    assert refused.value.exit_code == 2
    assert ("--resume" in str(refused.value)) == (wanted == "counting")
    assert summary(store, "a").state == "complete"


def test_an_unknown_slide_is_refused(store):
    with pytest.raises(SlideNotFound):
        ask_slide(store, "a", "paused")
    assert store.client.ask("EXISTS", "slide:{a}") == 0


def test_what_is_being_finished_goes_not_back(store, info):
    writer = store.begin("a", info, "new")
    ask_slide(store, "a", "finished")
    ask_slide(store, "a", "finished")
    with pytest.raises(SlideNotCounting, match="being finished"):
        ask_slide(store, "a", "counting")
    assert writer.heartbeat({}) == "finished"
    assert writer.finish("ended") == "complete"


def test_a_wish_that_nobody_knows_changes_nothing_and_is_told(store, info):
    writer = store.begin("a", info, "new")
    writer.heartbeat({}, "paused")
    store.client.ask("HSET", "slide:{a}", "wanted", "coffee")
    assert writer.heartbeat({}, "paused") == "paused"
    assert writer.heartbeat({}, "paused") == "paused"
    assert [event.kind for event in events(store, "a")].count("unknown_wish") == 1
