"""Runs many schedules, some at a time, each in a process with a bench of its own."""

import multiprocessing
import multiprocessing.util
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack

import msgspec

from soak.bench import Bench, Result
from soak.schedule import Schedule

_stack = ExitStack()
_bench: Bench | None = None


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A schedule that was not exact."""

    seed: int
    schedule: str
    problems: list[str]


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """What came of all schedules.

    Attributes
    ----------
    passed
        Whether all were exact.
    schedules, exact
        How many.
    faults
        How often each kind was part of a schedule.
    struck
        Faults that came before the end of their slide.
    restarts
        How often a capture was started again.
    lost
        Frames of live sources reported as lost with a killed capture.
    malformed_sent, malformed_answered
        Malformed messages, and how many of them were answered.
    wall_s, longest_s
        All together, and the longest schedule, in seconds.
    failures
        Those that were not exact.
    """

    passed: bool
    schedules: int
    exact: int
    faults: dict[str, int]
    struck: int
    restarts: int
    lost: int
    malformed_sent: int
    malformed_answered: int
    wall_s: float
    longest_s: float
    failures: list[Failure]


def run_many(schedules: Sequence[Schedule], jobs: int) -> Sum:
    """Run schedules, printing a line for each as it ends; the last ones may come out of order."""
    started_s = time.monotonic()
    results: list[Result] = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(schedules)), context, _open) as pool:
        for future in as_completed([pool.submit(_run, schedule) for schedule in schedules]):
            results.append(future.result())
            _tell(results[-1])
    wall_s = time.monotonic() - started_s
    kinds = Counter(
        fault.kind for schedule in schedules for step in schedule.steps for fault in step.faults
    )
    return Sum(
        passed=all(result.exact for result in results),
        schedules=len(results),
        exact=sum(result.exact for result in results),
        faults=dict(kinds),
        struck=sum(result.struck for result in results),
        restarts=sum(result.restarts for result in results),
        lost=sum(result.lost for result in results),
        malformed_sent=sum(result.malformed_sent for result in results),
        malformed_answered=sum(result.malformed_answered for result in results),
        wall_s=round(wall_s, 1),
        longest_s=max(result.wall_s for result in results),
        failures=[_failure(result) for result in results if not result.exact],
    )


def _open() -> None:
    global _bench  # noqa: PLW0603 - one for all schedules of a process of the pool
    _bench = _stack.enter_context(Bench())
    multiprocessing.util.Finalize(None, _stack.close, exitpriority=10)


def _run(schedule: Schedule) -> Result:
    assert _bench is not None
    return _bench.run(schedule)


def _failure(result: Result) -> Failure:
    return Failure(seed=result.seed, schedule=result.schedule, problems=result.problems[:20])


def _tell(result: Result) -> None:
    verdict = "exact" if result.exact else "NOT EXACT"
    sys.stdout.write(
        f"seed {result.seed}: {verdict} in {result.wall_s:.1f} s; {result.schedule}; "
        f"{result.struck} struck, {result.restarts} captures more; "
        f"{result.frames_seen} frames, {result.cells} cells, {result.lost} frames lost, "
        f"{result.malformed_answered} of {result.malformed_sent} malformed messages answered\n"
    )
    for note in result.notes:
        sys.stdout.write(f"  {note}\n")
    if not result.exact:
        sys.stdout.write("".join(f"  ! {problem}\n" for problem in result.problems[:20]))
        sys.stdout.write(f"{result.logs}\n")
        sys.stdout.write(f"  again: make soak FIRST={result.seed} COUNT=1\n")
    sys.stdout.flush()
