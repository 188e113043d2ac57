"""Events on their way to a store that does not answer: nobody waits, the newest arrive."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from monitor.committer import Committer
from monitor.event_queue import DROPPED, MOST_WAITING
from monitor.life import SlideLife
from monitor.store import Event, SlideInfo, Store, events, store_status, summary

MANY = 5 * MOST_WAITING


@contextmanager
def not_answering(store: Store) -> Iterator[None]:
    pid = store_status(store.settings).pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture
def committer(store: Store) -> Iterator[Committer]:
    info = SlideInfo("made", "camera", False, True, True, None, "m", 0.5, "1")
    life = SlideLife(True, None, lambda: True)
    writer = store.begin("a", info, "new")
    with Committer(store, writer, store.settings, lambda: {}, life) as running:
        yield running


def test_telling_events_blocks_nobody_and_those_dropped_are_counted(
    store: Store, committer: Committer
):
    with not_answering(store):
        began_s = time.monotonic()
        for number in range(MANY):
            committer.event(Event("lamp", str(number)))
        assert time.monotonic() - began_s < 1
        assert committer.waiting <= MOST_WAITING
    committer.finish("ended")
    told = events(store, "a")
    lamp = [int(event.text or "") for event in told if event.kind == "lamp"]
    dropped = [int((event.text or "").split()[0]) for event in told if event.kind == DROPPED]
    assert lamp == sorted(lamp)
    assert lamp[-1] == MANY - 1
    assert len(lamp) + sum(dropped) == MANY
    assert sum(dropped) > 0


def test_a_condition_is_on_the_slide_while_it_is_counted(store: Store, committer: Committer):
    committer.event(Event("lost", "the camera is gone", False))
    deadline = time.monotonic() + 10
    while summary(store, "a").conditions != {"lost": "the camera is gone"}:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    committer.event(Event("lost", "the camera is back", True))
    committer.finish("ended")
    assert [event.cleared for event in events(store, "a") if event.kind == "lost"] == [False, True]
