import pytest

from monitor.store import SlideNotFound, ask_slide, audit_trail, record_deed, this_user
from monitor.store import audit as audit_module


def test_deeds_are_kept_in_order_with_who_and_when(store, info):
    store.begin("a", info, "new")
    record_deed(store, "a", "paused")
    record_deed(store, "a", "reviewed", "cell 0:3 confirmed", who="Ana")
    first, second = audit_trail(store, "a")
    assert (first.who, first.action, first.text) == (this_user(), "paused", "")
    assert "@" in first.who
    assert (second.who, second.action, second.text) == ("Ana", "reviewed", "cell 0:3 confirmed")
    assert first.at <= second.at


def test_of_a_slide_that_is_not_there_is_no_trail(store):
    with pytest.raises(SlideNotFound):
        record_deed(store, "a", "paused")
    with pytest.raises(SlideNotFound):
        audit_trail(store, "a")
    assert store.client.ask("KEYS", "slide:*") == []


def test_the_trail_is_bounded_and_outlives_a_replacement(store, info, monkeypatch):
    monkeypatch.setattr(audit_module, "MOST_DEEDS", 3)
    store.begin("a", info, "new").finish("ended")
    for number in range(5):
        record_deed(store, "a", "reviewed", str(number))
    store.begin("a", info, "replace")
    assert [one.text for one in audit_trail(store, "a")] == ["2", "3", "4"]
    ask_slide(store, "a", "finished")
