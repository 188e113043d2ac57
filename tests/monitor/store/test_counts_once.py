from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.store import FrameOutcome, summary

SCORE = st.one_of(st.none(), st.floats(0, 1, width=32), st.sampled_from([0.5, 0.75, float("inf")]))
FIELDS = st.lists(st.lists(SCORE, max_size=6), min_size=1, max_size=5)
OUTCOME = st.tuples(
    st.sampled_from(["gated", "rejected", "skipped", "failed"]), st.sampled_from(["still", "x"])
)
OUTCOMES = st.lists(OUTCOME, max_size=4)


@given(fields=FIELDS, outcomes=OUTCOMES, data=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_order_and_repetition_gives_what_each_step_once_gives(
    store, info, field, contents, fields, outcomes, data
):
    results = [
        field(number, scores, not_cells={"debris": 1}) for number, scores in enumerate(fields)
    ]
    others = [
        FrameOutcome(len(fields) + i, outcome, reason, f"n{i}", "why")
        for i, (outcome, reason) in enumerate(outcomes)
    ]
    steps = [*results, *others]
    store.settings = store.settings.model_copy(update={"max_flagged_cells": 4})

    def take(slide, order):
        writer = store.begin(slide, info, "replace")
        for step in order:
            writer.mark_seen([steps[step].number])
            if step < len(results):
                writer.commit_field(results[step])
            else:
                writer.record([steps[step]])
        writer.finish("ended")

    shuffled = data.draw(st.permutations(range(len(steps))))
    repeated = data.draw(st.lists(st.sampled_from(range(len(steps))), max_size=8))
    take("once", range(len(steps)))
    take("again", [*repeated, *shuffled])

    assert contents(store, "again") == contents(store, "once")
    result = summary(store, "again")
    assert result.cells == sum(len(scores) for scores in fields)
    assert result.flagged == sum(s is not None and s >= 0.5 for f in fields for s in f)
    assert result.unscored == sum(s is None for f in fields for s in f)
    assert result.frames_seen == len(steps)
    assert result.balanced
    assert result.state == "complete"


def test_a_field_committed_twice_says_so(store, info, field):
    writer = store.begin("a", info, "new")
    assert writer.commit_field(field(0, [0.1, 0.9]))
    assert not writer.commit_field(field(0, [0.9, 0.9]))
    assert (summary(store, "a").cells, summary(store, "a").flagged) == (2, 1)


def test_a_frame_has_one_outcome_whichever_comes_first(store, info, field):
    writer = store.begin("a", info, "new")
    writer.record([FrameOutcome(0, "failed", "unreadable", "x.jpg")])
    assert not writer.commit_field(field(0, [0.9]))
    result = summary(store, "a")
    assert (result.frames_failed, result.frames_counted, result.cells) == (1, 0, 0)


def test_a_cell_without_score_is_unscored_and_never_flagged(store, info, field):
    writer = store.begin("a", info, "new")
    writer.commit_field(field(0, [None, None, 0.6]))
    result = summary(store, "a", threshold=-1.0)
    assert (result.cells, result.flagged, result.unscored) == (3, 1, 2)
    assert result.parasitemia == 1.0


def test_more_outcomes_than_one_script_takes_are_all_booked(store, info):
    writer = store.begin("a", info, "new")
    writer.mark_seen(range(1203))
    writer.record([FrameOutcome(n, "gated", "still") for n in range(1203)])
    result = summary(store, "a")
    assert (result.frames_seen, result.frames_gated) == (1203, 1203)
    assert result.reasons == {"frames_gated:still": 1203}
    assert len(writer.done) == 1203
    assert 1202 in writer.done
    assert 1203 not in writer.done
    assert writer.next_frame == 1203
