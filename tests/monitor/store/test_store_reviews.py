"""What people say of cells: kept side by side, each step once, undone one by one."""

import threading

import msgspec
import pytest

from config import load
from monitor.store import (
    Review,
    ReviewError,
    SlideNotFound,
    StoreError,
    UnknownCellError,
    add_reviews,
    connect,
    events,
    review_log,
    standing_reviews,
    undo_reviews,
)
from monitor.store.keys import SlideKeys

AT = "2026-11-23T09:30:00+00:00"


def review(cell, judgement="infected", reviewer="Ada", **more):
    return Review(0, cell, reviewer, judgement, at=AT, **more)


def said(store):
    return {(one.reviewer, one.cell): one.judgement for one in standing_reviews(store, "a")}


@pytest.fixture
def slide(store, info, field):
    store.begin("a", info, "new").commit_field(field(0, [0.1, 0.6, 0.7, None]))
    return store


def test_reviews_of_one_cell_by_two_people_are_both_kept(slide):
    mine = review(1, stage="ring", comment="2 µm, with a 'dot'/\"two\"")
    theirs = review(1, "unsure", "Bo: the second")
    assert add_reviews(slide, "a", [mine]) == 1
    assert add_reviews(slide, "a", [theirs]) == 1
    assert standing_reviews(slide, "a") == [mine, theirs]


def test_the_same_step_taken_again_changes_nothing(slide):
    steps = [review(1), review(2, "healthy")]
    assert add_reviews(slide, "a", steps, token="t") == 2
    add_reviews(slide, "a", [review(1, "healthy")])
    before = review_log(slide, "a")
    assert add_reviews(slide, "a", steps, token="t") == 0
    assert review_log(slide, "a") == before
    assert said(slide) == {("Ada", 1): "healthy", ("Ada", 2): "healthy"}


def test_what_was_said_already_is_not_said_again(slide):
    add_reviews(slide, "a", [review(1, stage="ring")])
    later = msgspec.structs.replace(review(1, stage="ring"), at="2027-01-01T00:00:00Z")
    assert add_reviews(slide, "a", [later]) == 0
    assert add_reviews(slide, "a", [review(1, stage="schizont")]) == 1


def test_undo_takes_back_ones_own_last_reviews_and_the_log_keeps_all(slide):
    add_reviews(slide, "a", [review(1), review(2)])
    add_reviews(slide, "a", [review(1, "healthy", "Bo")])
    add_reviews(slide, "a", [review(1, "unsure")])
    assert undo_reviews(slide, "a", "Ada") == 1
    assert said(slide) == {("Ada", 1): "infected", ("Ada", 2): "infected", ("Bo", 1): "healthy"}
    assert undo_reviews(slide, "a", "Ada", 5) == 2
    assert said(slide) == {("Bo", 1): "healthy"}
    assert undo_reviews(slide, "a", "Ada") == 0
    log = review_log(slide, "a")
    assert [entry.number for entry in log] == list(range(1, 8))
    assert [entry.undoes for entry in log] == [None] * 4 + [4, 2, 1]
    assert [entry.judgement for entry in log][:4] == ["infected", "infected", "healthy", "unsure"]


def test_reviews_after_an_undo_are_undone_before_those_that_stood_before(slide):
    add_reviews(slide, "a", [review(0), review(1)])
    undo_reviews(slide, "a", "Ada")
    add_reviews(slide, "a", [review(2)])
    undo_reviews(slide, "a", "Ada", 2)
    assert said(slide) == {}


def test_an_undo_tried_again_takes_back_no_more(slide):
    add_reviews(slide, "a", [review(1), review(2)])
    assert [undo_reviews(slide, "a", "Ada", 1, "u") for _ in range(2)] == [1, 1]
    assert said(slide) == {("Ada", 1): "infected"}


def test_a_review_of_a_cell_that_was_not_counted_writes_none_of_them(slide):
    for bad in (review(4), Review(1, 0, "Ada", "healthy")):
        with pytest.raises(UnknownCellError, match=rf"no cell {bad.field}:{bad.cell}") as refused:
            add_reviews(slide, "a", [review(1), bad])
        assert refused.value.place == 1
    assert review_log(slide, "a") == []
    assert add_reviews(slide, "a", [review(3)]) == 1


def test_there_is_a_limit_and_it_is_said(slide):
    slide.settings = slide.settings.model_copy(update={"max_reviews": 2})
    add_reviews(slide, "a", [review(1)])
    with pytest.raises(StoreError, match=r"no more than 2 reviews: raise store\.max_reviews"):
        add_reviews(slide, "a", [review(2), review(3)])
    assert len(review_log(slide, "a")) == 1


def test_a_slide_that_is_not_there_is_named(slide):
    for step in (
        lambda: add_reviews(slide, "b", [review(1)]),
        lambda: undo_reviews(slide, "b", "Ada"),
        lambda: standing_reviews(slide, "b"),
    ):
        with pytest.raises(SlideNotFound, match="no slide b"):
            step()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"reviewer": ""}, "reviewer '' is not valid"),
        ({"reviewer": " Ada"}, "no space at either end"),
        ({"reviewer": "A\nda"}, "printable"),
        ({"judgement": "ill"}, "judgement 'ill' is none of infected, healthy, unsure"),
        ({"stage": "rings"}, "stage 'rings' is none of ring"),
        ({"judgement": "healthy", "stage": "ring"}, "only an infected cell"),
        ({"comment": "x" * 501}, "at most 500"),
        ({"at": "2026-11-23T09:30:00"}, "ISO 8601 with an offset"),
        ({"cell": -1}, "0 or more"),
    ],
)
def test_a_review_that_makes_no_sense_cannot_be_made(change, text):
    with pytest.raises(ReviewError, match=text):
        Review(**({"field": 0, "cell": 0, "reviewer": "Ada", "judgement": "infected"} | change))


def test_two_people_at_once_lose_nothing(slide, store_settings):
    def work(name):
        with connect(store_settings) as mine:
            for turn in range(60):
                add_reviews(
                    mine, "a", [review(turn % 4, ("infected", "healthy")[turn // 4 % 2], name)]
                )

    people = [threading.Thread(target=work, args=(name,)) for name in ("Ada", "Bo")]
    for one in people:
        one.start()
    for one in people:
        one.join()
    log = review_log(slide, "a")
    assert [entry.number for entry in log] == list(range(1, 121))
    assert {name: sum(e.reviewer == name for e in log) for name in ("Ada", "Bo")} == {
        "Ada": 60,
        "Bo": 60,
    }


def test_live_readers_hear_that_somebody_reviews_but_not_what_was_found(slide):
    add_reviews(slide, "a", [review(1), review(2)])
    undo_reviews(slide, "a", "Ada", 2)
    told = [event.text for event in events(slide, "a") if event.kind == "review"]
    assert told == ["Ada: 2 reviewed", "Ada: 2 taken back"]


def test_replacing_a_slide_deletes_what_was_said_of_its_cells(slide, info):
    add_reviews(slide, "a", [review(1)])
    settings = load(environ={}).store
    assert settings.max_reviews > 0
    token = slide.client.ask("HGET", SlideKeys.of("a").slide, "owner")
    assert token
    slide.client.ask("HDEL", SlideKeys.of("a").slide, "owner")
    slide.begin("a", info, "replace")
    assert review_log(slide, "a") == []
