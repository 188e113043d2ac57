import msgspec
import numpy as np
import pytest

from monitor.store import FrameOutcome, SlideNotFound, refuse_existing, slides, summary
from monitor.store.errors import SlideExists


def test_the_ledger_decides_whether_a_slide_is_complete(store, info, field):
    writer = store.begin("a", info, "new")
    writer.mark_seen([0, 1])
    writer.commit_field(field(0, [0.1]))
    assert not summary(store, "a").balanced
    assert writer.finish("ended") == "incomplete"
    assert summary(store, "a").state == "incomplete"


def test_a_source_that_waits_must_have_given_all_its_frames(store, info, field):
    three = msgspec.structs.replace(info, frames_total=3)
    writer = store.begin("a", three, "new")
    writer.commit_field(field(0, [0.1]))
    assert writer.finish("ended") == "incomplete"
    writer = store.begin("a", three, "resume")
    writer.record([FrameOutcome(n, "rejected", "empty") for n in (1, 2)])
    assert writer.finish("ended") == "complete"
    assert summary(store, "a").ended_at is not None


def test_the_slides_hash_holds_the_same_counts_as_the_summary(store, info, field):
    writer = store.begin("a", info, "new")
    writer.commit_field(field(0, [0.1, 0.9, None], not_cells={"white_cell": 1, "debris": 4}))
    writer.record([FrameOutcome(1, "rejected", "blurred"), FrameOutcome(2, "gated", "still")])
    writer.finish("ended")
    stored = {k.decode(): v.decode() for k, v in store.client.ask("HGETALL", "slide:{a}").items()}
    result = msgspec.to_builtins(summary(store, "a"))
    counts = {k: v for k, v in result.items() if type(v) is int}
    assert len(counts) == 10
    assert {k: int(stored[k]) for k in counts} == counts
    for key in ("state", "model_id", "started_at", "ended_at", "source", "software_version"):
        assert stored[key] == result[key]
    assert float(stored["threshold"]) == result["threshold"]
    assert {k: int(stored[k]) for k in result["reasons"]} == result["reasons"]
    assert result["not_cells"] == {"white_cell": 1, "debris": 4}
    assert int(stored["not_cells:debris"]) == 4


def test_a_new_threshold_gives_exact_new_counts(store, info, field):
    rng = np.random.default_rng(3)
    scores = rng.random((12, 30)).astype(np.float32)
    writer = store.begin("a", info, "new")
    for number, row in enumerate(scores):
        writer.commit_field(field(number, [*row, None]))
    for threshold in (0.0, 0.1, float(scores[3, 4]), 0.9, 2.0):
        result = summary(store, "a", threshold)
        assert result.flagged == sum(float(s) >= threshold for s in scores.flat)
        assert (result.cells, result.unscored) == (12 * 31, 12)
        assert result.parasitemia == result.flagged / 360
        assert result.parasitemia_low <= result.parasitemia <= result.parasitemia_high
    assert summary(store, "a").flagged == summary(store, "a", 0.5).flagged


def test_a_threshold_is_not_rounded_to_the_precision_of_the_scores(store, info, field):
    score = np.float32(0.1)
    above = msgspec.structs.replace(info, threshold=float(np.nextafter(float(score), 1)))
    store.begin("a", above, "new").commit_field(field(0, [score]))
    assert summary(store, "a").flagged == summary(store, "a", above.threshold).flagged == 0
    assert summary(store, "a", float(score)).flagged == 1


def test_without_scored_cells_there_is_no_parasitemia(store, info, field):
    writer = store.begin("a", info, "new")
    writer.commit_field(field(0, [None]))
    result = summary(store, "a")
    assert result.parasitemia is result.parasitemia_low is result.parasitemia_high is None


def test_slides_come_newest_first_and_only_once(store, info):
    for slide in ("one", "two", "three"):
        store.begin(slide, info, "new").finish("ended")
    started = {"one": 30, "two": 10, "three": 20}
    for slide, at in started.items():
        store.client.ask("ZADD", "smearwatch:slides", at, slide)
    assert [s.slide for s in slides(store)] == ["one", "three", "two"]
    store.begin("two", info, "replace").finish("ended")
    assert [s.slide for s in slides(store)] == ["two", "one", "three"]


def test_a_slide_listed_but_never_begun_is_passed_over(store, info):
    store.client.ask("ZADD", "smearwatch:slides", 1, "ghost")
    store.begin("a", info, "new")
    assert [s.slide for s in slides(store)] == ["a"]


def test_an_unknown_slide_is_refused_with_the_nearest(store, info):
    with pytest.raises(SlideNotFound, match="none has been counted yet"):
        summary(store, "patient-7")
    store.begin("patient-7", info, "new")
    with pytest.raises(SlideNotFound, match="did you mean patient-7"):
        summary(store, "pateint-7")


def test_an_id_can_be_refused_before_anything_is_opened(store, info):
    refuse_existing(store, "a")
    store.begin("a", info, "new")
    with pytest.raises(SlideExists, match="--replace"):
        refuse_existing(store, "a")
