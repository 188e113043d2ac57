"""What waits to be written to Redis; of bounded size, however long Redis stays away."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec

from monitor.store import FieldResult, FrameOutcome

Settled = Callable[[], None]
Step = FieldResult | FrameOutcome


class Numbers:
    """Frame numbers in the order in which they came; neighbours take no more room than one."""

    def __init__(self) -> None:
        self._runs: list[range] = []

    def add(self, number: int) -> None:
        """Put a number behind the others."""
        if self._runs and number == self._runs[-1].stop:
            self._runs[-1] = range(self._runs[-1].start, number + 1)
        else:
            self._runs.append(range(number, number + 1))

    def __len__(self) -> int:
        return sum(map(len, self._runs))

    def __iter__(self) -> Iterator[int]:
        for run in self._runs:
            yield from run


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is to be written next, in this order.

    Attributes
    ----------
    seen
        Frames to book as seen.
    passed
        Frames that nobody waits for, by their outcome.
    steps
        Fields and outcomes, each with whom to tell.
    """

    seen: Numbers
    passed: dict[FrameOutcome, Numbers]
    steps: list[tuple[Step, Settled]]

    def outcomes(self) -> Iterator[FrameOutcome]:
        """Give all outcomes, one by one."""
        for outcome, numbers in self.passed.items():
            for number in numbers:
                yield msgspec.structs.replace(outcome, number=number)
        for step, _ in self.steps:
            if isinstance(step, FrameOutcome):
                yield step


class Backlog:
    """Collects what is to be written, from any thread, for the one that writes.

    Frames seen and frames passed over come as fast as a camera gives them, whether Redis
    answers or not: they are kept as runs of numbers. All else is bounded by the places that
    a frame needs.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._seen = Numbers()
        self._passed: dict[FrameOutcome, Numbers] = {}
        self._steps: deque[tuple[Step, Settled]] = deque()

    def seen(self, number: int) -> None:
        """Book a frame as seen."""
        with self._changed:
            self._seen.add(number)
            self._changed.notify()

    def passed(self, outcome: FrameOutcome) -> None:
        """Book the outcome of a frame that holds no place; its name is not kept."""
        with self._changed:
            alike = msgspec.structs.replace(outcome, number=0, name=None)
            self._passed.setdefault(alike, Numbers()).add(outcome.number)
            self._changed.notify()

    def put(self, step: Step, settled: Settled) -> None:
        """Add a field or an outcome; ``settled`` is called once it stands in Redis."""
        with self._changed:
            self._steps.append((step, settled))
            self._changed.notify()

    def __len__(self) -> int:
        with self._changed:
            passed = sum(map(len, self._passed.values()))
            return len(self._seen) + passed + len(self._steps)

    def take(self, most: int, timeout_s: float) -> Waiting:
        """Take all numbers and up to ``most`` steps; wait up to ``timeout_s`` for the first."""
        with self._changed:
            self._changed.wait_for(self._something, timeout_s)
            count = min(most, len(self._steps))
            taken = Waiting(self._seen, self._passed, [self._steps.popleft() for _ in range(count)])
            self._seen, self._passed = Numbers(), {}
            return taken

    def _something(self) -> bool:
        return bool(self._steps or len(self._seen) or self._passed)
