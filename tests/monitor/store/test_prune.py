"""Slides deleted by age and number, in a real store."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from monitor.store import SlideNotFound, StoreRefused, connect, outlived, prune, slides, summary
from monitor.store.keys import LAYOUT, SLIDES

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def count(store, info, field, slide, days_ago, *, ends=True):
    writer = store.begin(slide, info, "new")
    writer.commit_field(field(0, [0.1, 0.9]))
    if ends:
        writer.finish("ended")
        ended_at = (NOW - timedelta(days=days_ago)).isoformat()
        store.client.ask("HSET", f"slide:{{{slide}}}", "ended_at", ended_at)


def ids(found):
    return [(one.slide, one.reason) for one in found]


@pytest.fixture
def four(store, info, field):
    for slide, days_ago in (("old", 100), ("older", 200), ("new", 1)):
        count(store, info, field, slide, days_ago)
    count(store, info, field, "living", 0, ends=False)
    return store


def test_by_age_and_by_number_the_oldest_go_and_a_living_one_stays(four):
    assert ids(outlived(four, 90, None, NOW)) == [("older", "age"), ("old", "age")]
    assert ids(outlived(four, None, 3, NOW)) == [("older", "number")]
    assert ids(outlived(four, 150, 2, NOW)) == [("older", "age"), ("old", "number")]
    # The living one is the newest of all, and stays though none is to be kept.
    last = ids(outlived(four, None, 1, NOW))
    assert last == [("older", "number"), ("old", "number"), ("new", "number")]
    assert outlived(four, 300, 9, NOW) == []


def test_what_is_deleted_leaves_no_key_and_the_others_as_they_were(four, contents):
    before = contents(four, "new")
    gone = prune(four, outlived(four, 90, None, NOW))
    assert [one.slide for one in gone] == ["older", "old"]
    assert four.client.ask("KEYS", "slide:{old*") == []
    assert {one.slide for one in slides(four)} == {"new", "living"}
    assert four.client.ask("ZCARD", SLIDES) == 2
    assert contents(four, "new") == before
    with pytest.raises(SlideNotFound):
        summary(four, "old")


def test_a_slide_that_is_counted_again_by_now_stays(four, info, field):
    found = outlived(four, 90, None, NOW)
    writer = four.begin("old", info, "resume")
    assert [one.slide for one in prune(four, found)] == ["older"]
    writer.commit_field(field(1, [0.5]))
    assert summary(four, "old").cells == 3


def test_the_id_of_a_deleted_slide_can_be_used_again(four, info, field):
    prune(four, outlived(four, 90, None, NOW))
    count(four, msgspec.structs.replace(info, source="/another"), field, "old", 0)
    assert summary(four, "old").source == "/another"
    assert "old" in {one.slide for one in slides(four)}


def run(store_settings, *options):
    whole = [sys.executable, "-m", "monitor", "prune", "--data-dir", str(store_settings.data_dir)]
    return subprocess.run([*whole, *options], capture_output=True, text=True, check=False)


def test_the_command_names_what_it_would_delete_and_then_deletes_it(four, store_settings):
    keep = ("--keep", "2", "--json")
    named = run(store_settings, *keep, "--dry-run")
    assert named.returncode == 0, named.stderr
    assert [one["slide"] for one in json.loads(named.stdout)] == ["older", "old"]
    assert "2 slides would be deleted" in named.stderr
    assert len(slides(four)) == 4
    done = run(store_settings, *keep)
    assert json.loads(done.stdout) == json.loads(named.stdout)
    assert {one.slide for one in slides(four)} == {"new", "living"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "nothing says which slides to delete"),
        (("--keep", "0"), "retention.keep_slides"),
        (("--older-than-days", "-1"), "retention.older_than_days"),
        (("--older-than-days", "nan"), "retention.older_than_days"),
    ],
)
def test_what_says_nothing_or_nonsense_deletes_nothing(four, store_settings, options, words):
    refused = run(store_settings, *options)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert words in refused.stderr.splitlines()[-1]
    assert len(slides(four)) == 4


def test_a_store_that_a_newer_smearwatch_wrote_is_refused(store, store_settings, info):
    store.begin("a", info, "new")
    assert store.client.ask("GET", LAYOUT) == b"1"
    store.client.ask("SET", LAYOUT, 2)
    try:
        with pytest.raises(StoreRefused, match="has layout 2, this smearwatch knows 1: update it"):
            connect(store_settings)
        with pytest.raises(StoreRefused, match="layout 2"):
            store.begin("b", info, "new")
    finally:
        store.client.ask("DEL", LAYOUT)
