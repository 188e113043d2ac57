"""Events that wait for Redis: bounded, and no condition is left standing by mistake."""

from monitor.event_queue import DROPPED, EventQueue
from monitor.store import Event


def texts(queue: EventQueue) -> list[str]:
    return [event.text for _, event in queue.take()]


def test_events_come_out_in_order_with_numbers_that_count_up():
    queue = EventQueue()
    queue.put(Event("lamp", "one"))
    queue.put(Event("lamp", "two"))
    assert [number for number, _ in queue.take()] == [1, 2]
    queue.put(Event("lamp", "three"))
    assert [(number, event.text) for number, event in queue.take()] == [(3, "three")]
    assert queue.take() == []


def test_the_newest_stay_and_those_dropped_are_counted_and_told():
    queue = EventQueue(most=3)
    for number in range(8):
        queue.put(Event("lamp", str(number)))
    assert len(queue) == 3
    taken = queue.take()
    assert [number for number, _ in taken] == [1, 2, 3, 4]
    assert taken[0][1].kind == DROPPED
    assert taken[0][1].text.startswith("5 events")
    assert [event.text for _, event in taken[1:]] == ["5", "6", "7"]
    queue.put(Event("lamp", "later"))
    assert texts(queue) == ["later"]


def test_the_last_word_of_a_condition_is_not_dropped():
    queue = EventQueue(most=3)
    queue.put(Event("dust", "there", False))
    queue.put(Event("dust", "gone", True))
    for number in range(8):
        queue.put(Event("lamp", str(number)))
    assert texts(queue)[1:] == ["gone", "6", "7"]


def test_there_is_a_bound_however_many_conditions_there_are():
    queue = EventQueue(most=3)
    for number in range(8):
        queue.put(Event(f"kind_{number}", "there", False))
    assert len(queue) == 3
    assert [event.kind for _, event in queue.take()[1:]] == ["kind_5", "kind_6", "kind_7"]
