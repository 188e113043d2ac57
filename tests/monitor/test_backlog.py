"""What waits for Redis is kept in order, and does not grow with the frames passed over."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from monitor.backlog import Backlog, Numbers
from monitor.store import FrameOutcome


def nothing() -> None:
    """Stand for whoever waits for a step."""


def skipped(number: int) -> FrameOutcome:
    return FrameOutcome(number, "skipped", "busy", f"frame {number}", "a newer frame came first")


@given(st.lists(st.integers(0, 1 << 40)))
def test_numbers_come_out_as_they_went_in(given_numbers: list[int]):
    numbers = Numbers()
    for number in given_numbers:
        numbers.add(number)
    assert list(numbers) == given_numbers
    assert len(numbers) == len(given_numbers)


def test_a_day_of_frames_passed_over_takes_no_room():
    backlog = Backlog()
    backlog.seen(0)
    backlog.passed(skipped(0))
    tracemalloc.start()
    try:
        for number in range(1, 50_000):
            backlog.seen(number)
            backlog.passed(skipped(number))
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < 50_000, "bytes; a frame each would be some hundred times that"
    assert len(backlog) == 100_000


def test_all_numbers_are_taken_at_once_and_steps_by_and_by():
    backlog = Backlog()
    steps = [FrameOutcome(number, "rejected", "blurred", str(number)) for number in range(5)]
    for number in range(10):
        backlog.seen(number)
    backlog.passed(skipped(7))
    backlog.passed(FrameOutcome(8, "failed", "unreadable", "frame 8", "could not be decoded"))
    for step in steps:
        backlog.put(step, nothing)
    first = backlog.take(3, 0)
    assert list(first.seen) == list(range(10))
    assert list(first.outcomes()) == [
        FrameOutcome(7, "skipped", "busy", None, "a newer frame came first"),
        FrameOutcome(8, "failed", "unreadable", None, "could not be decoded"),
        *steps[:3],
    ]
    rest = backlog.take(3, 0)
    assert (list(rest.seen), list(rest.outcomes())) == ([], steps[3:])
    assert len(backlog) == 0


def test_taking_waits_no_longer_than_asked_where_nothing_comes():
    taken = Backlog().take(3, 0.01)
    assert (list(taken.seen), taken.steps) == ([], [])
