"""When a slide goes on, is paused, or ends by itself."""

from monitor.life import LONGEST_BEAT_S, SlideLife


class Clock:
    """Tells the time that the test sets."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def life_of(clock: Clock, *, live: bool = True, workers: list[int] | None = None) -> SlideLife:
    alive = [1] if workers is None else workers
    return SlideLife(live, 60.0, lambda: bool(alive), clock)


def beats(life: SlideLife, clock: Clock, count: int, wanted="counting"):
    """Take so many heartbeats, one a second; give what was to be told."""
    told = []
    for _ in range(count):
        clock.now_s += 1.0
        told.append(life.heard(wanted))
    return [event for event in told if event is not None]


def test_it_is_paused_only_once_nothing_is_in_flight():
    life = life_of(Clock())
    assert life.admit(0)
    assert life.admit(1)
    life.heard("paused")
    assert life.paused
    assert life.activity == "counting"
    life.settled()
    assert life.activity == "counting"
    life.settled()
    assert life.activity == "paused"
    life.heard("counting")
    assert life.activity == "counting"


def test_a_live_frame_that_came_while_paused_is_not_counted_later():
    life = life_of(Clock())
    life.arrived(0)
    life.heard("paused")
    life.arrived(1)
    assert not life.admit(0)
    life.heard("counting")
    assert not life.admit(1)
    life.arrived(2)
    assert life.admit(2)


def test_a_frame_of_a_source_that_waits_is_always_counted():
    life = life_of(Clock(), live=False)
    life.heard("paused")
    life.arrived(0)
    assert life.admit(0)
    assert life.activity == "counting"


def test_what_is_finished_goes_not_back():
    life = life_of(Clock())
    life.heard("finished")
    assert life.finished
    life.heard("counting")
    assert life.finished
    assert not life.paused


def test_an_idle_live_slide_is_finished_and_says_so_once():
    clock = Clock()
    life = life_of(clock)
    assert beats(life, clock, 59) == []
    assert not life.finished
    told = beats(life, clock, 5)
    assert life.finished
    assert [(event.kind, event.cleared) for event in told] == [("idle", None)]
    assert "60 s" in told[0].text


def test_a_count_begins_the_idle_time_anew():
    clock = Clock()
    life = life_of(clock)
    for _ in range(4):
        beats(life, clock, 40)
        life.counted()
    assert not life.finished


def test_time_spent_paused_is_not_idle():
    clock = Clock()
    life = life_of(clock)
    beats(life, clock, 500, "paused")
    beats(life, clock, 59)
    assert not life.finished
    beats(life, clock, 2)
    assert life.finished


def test_time_without_a_worker_is_not_idle():
    clock, workers = Clock(), []
    life = life_of(clock, workers=workers)
    beats(life, clock, 500)
    assert not life.finished
    workers.append(1)
    beats(life, clock, 60)
    assert life.finished


def test_time_without_an_answer_from_the_store_is_not_idle():
    clock = Clock()
    life = life_of(clock)
    beats(life, clock, 10)
    clock.now_s += 5000
    beats(life, clock, 1)
    assert not life.finished
    beats(life, clock, int(50 - LONGEST_BEAT_S))
    assert life.finished


def test_a_source_that_waits_is_never_idle():
    clock = Clock()
    life = life_of(clock, live=False)
    assert beats(life, clock, 500) == []
    assert not life.finished
