import msgspec
import pytest

from monitor.store import (
    FrameOutcome,
    SlideDiffers,
    SlideExists,
    SlideTaken,
    frame_names,
    live_status,
    slides,
    summary,
)
from monitor.store.keys import SlideKeys

OWNER_SEEN = ("slide:{a}", "owner_seen_ms")


def let_owner_die(store):
    """Make the owner seem unheard of for longer than a living one ever is."""
    seen = int(store.client.ask("HGET", *OWNER_SEEN))
    store.client.ask("HSET", *OWNER_SEEN, seen - 10_001)


def test_a_new_slide_is_refused_where_it_exists_naming_the_ways_out(store, info):
    store.begin("a", info, "new").finish("ended")
    with pytest.raises(SlideExists, match=r"--resume.*--replace") as refused:
        store.begin("a", info, "new")
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("mode", ["new", "resume", "replace"])
def test_a_slide_that_is_being_counted_is_left_alone(store, info, field, mode):
    writer = store.begin("a", info, "new")
    with pytest.raises(SlideTaken, match="being counted by another capture"):
        store.begin("a", info, mode)
    assert writer.commit_field(field(0, [0.1]))


def test_a_capture_whose_slide_went_to_another_writes_nothing(store, info, field, contents):
    zombie = store.begin("a", info, "new")
    let_owner_die(store)
    heir = store.begin("a", info, "resume")
    before = contents(store, "a")
    for write in (
        lambda: zombie.mark_seen([0]),
        lambda: zombie.commit_field(field(0, [0.9])),
        lambda: zombie.record([FrameOutcome(0, "gated", "still")]),
        lambda: zombie.heartbeat({"workers": 1}),
        lambda: zombie.finish("ended"),
    ):
        with pytest.raises(SlideTaken, match="has taken it over"):
            write()
    assert contents(store, "a") == before
    assert heir.commit_field(field(0, [0.9]))


def test_a_writer_writes_nothing_after_it_has_finished(store, info, field):
    writer = store.begin("a", info, "new")
    assert writer.finish("ended") == "complete"
    assert writer.finish("ended") == "complete"
    with pytest.raises(SlideTaken):
        writer.commit_field(field(0, [0.9]))


def test_a_heartbeat_keeps_a_slide(store, info):
    writer = store.begin("a", info, "new")
    let_owner_die(store)
    writer.heartbeat({"workers": 2, "cells_per_s": 10.5})
    assert live_status(store, "a") == {"workers": "2", "cells_per_s": "10.5"}
    assert 0 < store.client.ask("PTTL", "slide:{a}:status") <= 10_000
    with pytest.raises(SlideTaken):
        store.begin("a", info, "resume")


def test_a_slide_whose_capture_died_reads_as_interrupted(store, info):
    store.begin("a", info, "new")
    assert summary(store, "a").state == "counting"
    let_owner_die(store)
    assert summary(store, "a").state == "interrupted"
    assert [slide.state for slide in slides(store)] == ["interrupted"]


def test_resuming_goes_on_and_resuming_what_is_not_there_begins_it(store, info, field):
    writer = store.begin("a", info, "resume")
    writer.commit_field(field(0, [0.1, 0.9]))
    writer.mark_seen([1])
    assert writer.finish("interrupted") == "interrupted"
    started_at = summary(store, "a").started_at

    writer = store.begin("a", info, "resume")
    assert list(writer.done) == [0]
    assert frame_names(store, "a") == {0: "IMG_0.jpg"}
    assert not writer.commit_field(field(0, [0.1, 0.9]))
    writer.mark_seen([0, 1])
    writer.commit_field(field(1, [0.1]))
    assert writer.finish("ended") == "complete"
    result = summary(store, "a")
    assert (result.cells, result.frames_seen, result.started_at) == (3, 2, started_at)


@pytest.mark.parametrize(
    ("field_name", "value"),
    [("source", "/other"), ("model_id", "other-model"), ("threshold", 0.75)],
)
def test_resuming_with_something_else_is_refused(store, info, field_name, value):
    store.begin("a", info, "new").finish("interrupted")
    changed = msgspec.structs.replace(info, **{field_name: value})
    with pytest.raises(SlideDiffers, match=f"begun with {field_name} .* not {value}"):
        store.begin("a", changed, "resume")


def test_replacing_leaves_nothing_of_what_was(store, info, field, contents):
    fresh = store.begin("b", info, "new")
    fresh.finish("ended")
    writer = store.begin("a", info, "new")
    writer.commit_field(field(7, [0.9, None], not_cells={"debris": 2}))
    writer.record([FrameOutcome(8, "failed", "unreadable", "x")])
    writer.finish("ended")
    store.begin("a", info, "replace").finish("ended")
    assert contents(store, "a") == contents(store, "b")


def test_frames_of_a_live_source_that_died_with_its_capture_are_booked(store, info, field):
    live = msgspec.structs.replace(info, live=True, source_kind="camera")
    writer = store.begin("a", live, "new")
    writer.mark_seen([0, 1, 2])
    writer.commit_field(field(1, [0.1]))
    let_owner_die(store)
    writer = store.begin("a", live, "resume")
    result = summary(store, "a")
    assert result.reasons == {"frames_skipped:lost_with_process": 2}
    assert result.balanced
    assert writer.next_frame == 3
    assert writer.finish("ended") == "complete"


def test_frames_of_a_waiting_source_that_died_with_its_capture_are_read_again(store, info):
    store.begin("a", info, "new").mark_seen([0, 1])
    let_owner_die(store)
    writer = store.begin("a", info, "resume")
    assert (summary(store, "a").frames_skipped, len(writer.done)) == (0, 0)


def test_counting_time_adds_up_over_resumes_without_the_time_between(store, info):
    for mode in ("new", "resume"):
        writer = store.begin("a", info, mode)
        seen = int(store.client.ask("HGET", *OWNER_SEEN))
        store.client.ask("HSET", *OWNER_SEEN, seen - 3000)
        writer.finish("interrupted")
    assert 6.0 <= summary(store, "a").counting_s < 8.0


def test_beginning_again_when_the_answer_was_lost_is_no_conflict(store, info):
    writer = store.begin("a", info, "new")
    again = ["new", writer.token, 10_000, 10, "2026-01-01T00:00:00.000+00:00"]
    assert store.client.run("begin", SlideKeys.of("a"), again) == [b"ok"]
    writer.heartbeat({})
