"""Runs schedules and says whether each left the slide as if nothing had happened."""

import shutil
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from soak import pictures
from soak.processes import warm_up
from soak.rig import BrokenError, Rig
from soak.schedule import Schedule, Step
from soak.slide import Slide
from soak.strike import strike

LOST = "frames_skipped:lost_with_process"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a schedule.

    Attributes
    ----------
    seed
        Of the schedule.
    schedule
        In words.
    exact
        Whether the slide is as it must be.
    struck
        Faults done before the slide was finished.
    restarts
        How often a capture was started again.
    frames_seen, cells, lost
        Of the slide; ``lost``: frames reported as lost with a killed capture.
    malformed_sent, malformed_answered
        Malformed messages to capture and workers; those that a fault of the same moment kept
        from arriving are not answered.
    wall_s
        How long it took, in seconds.
    notes
        What is worth saying.
    problems
        What is not as it must be, in a line each.
    logs
        The last lines of all processes where it is not exact.
    """

    seed: int
    schedule: str
    exact: bool
    struck: int
    restarts: int
    frames_seen: int
    cells: int
    lost: int
    malformed_sent: int
    malformed_answered: int
    wall_s: float
    notes: list[str]
    problems: list[str]
    logs: str


class Bench:
    """Pictures, and what undisturbed runs make of them, for any number of schedules."""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._folder = Path(tempfile.mkdtemp(prefix="soak-"))
            stack.callback(shutil.rmtree, self._folder)
            self._painted = self._folder / "painted"
            self._painted.mkdir()
            pictures.paint(self._painted)
            self._expected: dict[int | None, Slide] = {}
            warm_up()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def run(self, schedule: Schedule) -> Result:
        """Run a schedule."""
        started_s = time.monotonic()
        with (
            tempfile.TemporaryDirectory(prefix="s-", dir=self._folder) as folder,
            Rig(schedule, Path(folder), self._painted) as rig,
        ):
            found, struck, problems = self._survive(rig, schedule)
            wall_s = time.monotonic() - started_s
            logs = rig.crew.logs() if problems else ""
        return Result(
            seed=schedule.seed,
            schedule=str(schedule),
            exact=not problems,
            struck=struck,
            restarts=rig.restarts,
            frames_seen=found.count("frames_seen") if found else 0,
            cells=found.count("cells") if found else 0,
            lost=found.count(LOST) if found else 0,
            malformed_sent=rig.malformed["sent"],
            malformed_answered=rig.malformed["answered"],
            wall_s=round(wall_s, 2),
            notes=rig.notes,
            problems=problems,
            logs=logs,
        )

    def _survive(self, rig: Rig, schedule: Schedule) -> tuple[Slide | None, int, list[str]]:
        struck = 0
        try:
            for step in schedule.steps:
                struck += _take(rig, step)
            found = rig.finish()
        except BrokenError as error:
            return None, struck, [str(error), *rig.crew.tracebacks()]
        return found, struck, [*self._problems(rig, schedule, found), *rig.crew.tracebacks()]

    def _problems(self, rig: Rig, schedule: Schedule, found: Slide) -> list[str]:
        problems = found.contradictions()
        gone = {at for at, one in rig.watcher.acknowledged.items() if found.records.get(at) != one}
        if gone:
            problems.append(f"frames that were acknowledged are gone or others: {sorted(gone)}")
        if schedule.source == "files":
            problems += found.differences(self._expected_of(found, schedule))
        elif (lost := rig.watcher.lost) is not None and len(lost) != found.count(LOST):
            problems.append(f"{found.count(LOST)} frames reported as lost, not {len(lost)}")
        return problems

    def _expected_of(self, found: Slide, schedule: Schedule) -> Slide:
        """Give what an undisturbed run makes of the pictures as they were when they were read."""
        failed = found.records.get(pictures.CORRUPT_NUMBER, {}).get("outcome") == "failed"
        chance = _corrupted(schedule) if failed else None
        return self.undisturbed(chance)

    def undisturbed(self, corrupt: float | None = None) -> Slide:
        """Give what an undisturbed run makes of the pictures, one of them broken perhaps."""
        way = None if corrupt is None else pictures.way_of(corrupt)
        if way not in self._expected:
            schedule = Schedule.undisturbed()
            with (
                tempfile.TemporaryDirectory(prefix="s-", dir=self._folder) as folder,
                Rig(schedule, Path(folder), self._painted_so(corrupt, Path(folder))) as rig,
            ):
                self._expected[way] = rig.finish()
        return self._expected[way]

    def _painted_so(self, corrupt: float | None, folder: Path) -> Path:
        if corrupt is None:
            return self._painted
        painted = folder / "broken"
        pictures.link_all(self._painted, painted)
        pictures.corrupt(painted, corrupt)
        return painted


def _take(rig: Rig, step: Step) -> int:
    """Wait for a step's moment, have its faults strike, and undo them; how many struck."""
    frames = pictures.FRAMES[rig.schedule.source]
    rig.wait(lambda: rig.watcher.seen() > step.at * frames)
    if rig.finished:
        return 0
    rig.watcher.note_acknowledged()
    with ExitStack() as struck:
        for fault in step.faults:
            struck.enter_context(strike(rig, fault))
        rig.hold(step.hold_s)
    return len(step.faults)


def _corrupted(schedule: Schedule) -> float | None:
    """Which way the last of several such faults went; each replaces the one before."""
    ways = [
        fault.chance
        for step in schedule.steps
        for fault in step.faults
        if fault.kind == "corrupt_image"
    ]
    return ways[-1] if ways else None
