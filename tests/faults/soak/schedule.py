"""What is to go wrong in a run, all of it decided by one seed."""

import random
from dataclasses import dataclass, replace
from typing import Literal, Self

FIELDS = 30
LIVE_FRAMES = 150
"""Of each capture; one that takes over from another shows as many again."""

MOST_FAULTS = 4
LONGEST_HOLD_S = 2.5
"""Several leases long."""
TOGETHER = 0.3
WAITS_FOR_OWNER = 0.15
LIVE = 0.25
CORRUPT = 0.2
EARLY = 0.2
AT_ONCE = -1.0

WORKER_KINDS = (
    "kill_worker",
    "stop_worker",
    "drain_worker",
    "cut_workers",
    "delay_workers",
    "silence_workers",
    "poison_capture",
    "poison_workers",
)
STORE_KINDS = ("kill_store", "stop_store", "full_disk")
STORE_LINE_KINDS = ("cut_store", "delay_store", "silence_store")
CAPTURE_KINDS = ("kill_capture", "stop_capture", "usurp_capture")
ALONE = "usurp_capture"
"""Needs a store and workers for a second capture to begin with."""
ON_ONE_WORKER = frozenset(("kill_worker", "stop_worker", "drain_worker"))
"""One at a time: what is stopped cannot drain, what is killed cannot be stopped."""

KINDS = (*WORKER_KINDS, *STORE_KINDS, *STORE_LINE_KINDS, *CAPTURE_KINDS, "corrupt_image")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    Attributes
    ----------
    kind
        One of ``KINDS``.
    chance
        In [0, 1): which worker, how long a delay, what becomes of an image.
    """

    kind: str
    chance: float


@dataclass(frozen=True, slots=True)
class Step:
    """Faults that strike together.

    Attributes
    ----------
    at
        Share of the frames that have been seen by then, in [0, 1); ``AT_ONCE``: while all
        processes are still starting.
    hold_s
        How long they last, in seconds.
    faults
        Which.
    """

    at: float
    hold_s: float
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A run and its faults.

    Attributes
    ----------
    seed
        Where it comes from.
    source
        A folder of pictures, or a simulated camera.
    store
        The embedded server, or one behind a TCP connection.
    workers
        How many.
    waits_for_owner
        Whether one waits until a dead capture's slide is free; else that time is taken as over.
    steps
        In their order.
    """

    seed: int
    source: Literal["files", "live"]
    store: Literal["embedded", "tcp"]
    workers: int
    waits_for_owner: bool
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, seed: int) -> Self:
        """Give the schedule of a seed; seeds in a row begin with each kind in turn."""
        chance = random.Random(seed)
        first = KINDS[seed % len(KINDS)]
        tcp = first in STORE_LINE_KINDS or chance.random() < 0.5
        live = first != "corrupt_image" and chance.random() < LIVE
        kinds = [first]
        if not live and first != "corrupt_image" and chance.random() < CORRUPT:
            kinds.append("corrupt_image")
        kinds += chance.choices(_kinds(tcp), k=chance.randint(1, MOST_FAULTS - len(kinds)))
        steps: list[Step] = []
        at = 0.0
        for faults in _together(kinds, chance):
            at += chance.uniform(0.02, 0.7 / MOST_FAULTS)
            steps.append(Step(at, chance.uniform(0.1, LONGEST_HOLD_S), tuple(faults)))
        workers, waits = chance.randint(1, 3), chance.random() < WAITS_FOR_OWNER
        if chance.random() < EARLY:
            steps[0] = replace(steps[0], at=AT_ONCE)
        return cls(
            seed=seed,
            source="live" if live else "files",
            store="tcp" if tcp else "embedded",
            workers=workers,
            waits_for_owner=waits,
            steps=tuple(steps),
        )

    def brief(self, hold_s: float) -> Self:
        """Give the same schedule with faults that last no longer than ``hold_s`` seconds."""
        steps = tuple(replace(step, hold_s=min(step.hold_s, hold_s)) for step in self.steps)
        return replace(self, steps=steps, waits_for_owner=False)

    @classmethod
    def outage(cls, seconds: float, kind: str = "kill_store") -> Self:
        """Give the schedule of a store that is away for so long, by a fault of this kind."""
        step = Step(0.2, seconds, (Fault(kind, 0.0),))
        return cls(-1, "files", "tcp", 2, False, (step,))

    @classmethod
    def undisturbed(cls) -> Self:
        """Give the schedule of a run in which nothing goes wrong."""
        return cls(-2, "files", "embedded", 1, False, ())

    def __str__(self) -> str:
        struck = "; ".join(
            f"{' + '.join(fault.kind for fault in step.faults)} "
            f"{'at once' if step.at == AT_ONCE else f'at {step.at:.0%}'} "
            f"for {step.hold_s:.1f} s"
            for step in self.steps
        )
        return f"{self.source}, {self.store} store, {self.workers} workers: {struck or 'nothing'}"


def _kinds(tcp: bool) -> list[str]:
    kinds = [*WORKER_KINDS, *STORE_KINDS, *CAPTURE_KINDS]
    if tcp:
        kinds += STORE_LINE_KINDS
    return kinds


def _together(kinds: list[str], chance: random.Random) -> list[list[Fault]]:
    steps: list[list[Fault]] = []
    for kind in kinds:
        fault = Fault(kind, chance.random())
        if (
            steps
            and _may_meet(kind, *(one.kind for one in steps[-1]))
            and chance.random() < TOGETHER
        ):
            steps[-1].append(fault)
        else:
            steps.append([fault])
    return steps


def _may_meet(*kinds: str) -> bool:
    met = set(kinds)
    return len(met) == 2 and ALONE not in met and not met <= ON_ONE_WORKER
