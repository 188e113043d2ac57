"""Whatever strikes, a slide ends as if nothing had happened: the short form of ``make soak``."""

import pytest
from soak.bench import Bench, Result
from soak.schedule import KINDS, Fault, Schedule, Step

SEEDS = (12, 37, 39, 56, 140, 176)
HOLD_S = 0.6
OUTAGE_S = 5.0
CAPTURE, WORKERS = "poison_capture", "poison_workers"

pytestmark = pytest.mark.timeout(400)
"""The first one waits for the bench; on a slow machine that is a minute."""


def _exact(result: Result) -> None:
    assert result.exact, "\n".join(
        [
            f"seed {result.seed}: {result.schedule}",
            *result.problems,
            result.logs,
            f"again: make soak FIRST={result.seed} COUNT=1",
        ]
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_slide_is_exact_after_the_schedule_of_a_seed(bench: Bench, seed: int):
    result = bench.run(Schedule.of(seed).brief(HOLD_S))
    _exact(result)
    assert result.struck


def test_nothing_is_lost_while_the_store_is_away(bench: Bench):
    result = bench.run(Schedule.outage(OUTAGE_S))
    _exact(result)
    assert result.struck == 1
    assert result.restarts == 0
    assert result.wall_s > OUTAGE_S


def test_every_malformed_message_is_answered_and_changes_nothing(bench: Bench):
    steps = [Step(at, 0.0, (Fault(kind, 0.0),)) for at, kind in ((0.2, CAPTURE), (0.3, WORKERS))]
    result = bench.run(Schedule(-3, "files", "embedded", 2, False, tuple(steps)))
    _exact(result)
    assert result.struck == 2
    assert result.malformed_answered == result.malformed_sent > 40


def test_the_seeds_bring_every_kind_of_fault_and_of_source():
    schedules = [Schedule.of(seed) for seed in SEEDS]
    faults = {fault.kind for one in schedules for step in one.steps for fault in step.faults}
    assert faults == set(KINDS)
    assert {one.source for one in schedules} == {"files", "live"}
    assert {one.store for one in schedules} == {"embedded", "tcp"}


def test_a_seed_gives_the_same_schedule_again_and_200_seeds_200_schedules():
    schedules = [Schedule.of(seed) for seed in range(200)]
    assert schedules == [Schedule.of(seed) for seed in range(200)]
    assert len({one.steps for one in schedules}) == 200
