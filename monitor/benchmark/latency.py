"""How long a live field takes from the camera to its counts in Redis."""

import threading
import time

import msgspec
import numpy as np

from config import Settings, SmearwatchError
from monitor.benchmark.memory import MemoryWatch
from monitor.request import CountRequest
from monitor.socket_paths import private_endpoint
from monitor.store import Store, connect, field_latencies, summary
from monitor.supervisor import Supervisor

SLIDE = "benchmark"
SOURCE = "simulated:?motion=raster&live=1&fps=30&seed=5"
FRAMES_PER_S = 30

LOOK_S = 5.0
"""Between two looks: far less time than a slide's stream of events takes to lose its oldest."""


class LatencyFigures(msgspec.Struct, frozen=True):
    """What was measured.

    Attributes
    ----------
    frames, frames_per_s
        Seen, from the beginning of the slide to its end.
    skipped
        Frames left out as scoring was behind.
    fields, cells
        Counted.
    balanced, may_contain_repeats
        Of the slide, at its end.
    latency_ms
        By ``p50``, ``p95``, ``p99`` and ``max``: from the moment at which a field's frame was
        taken to that at which its cells stood in Redis.
    latency_p99_ms_by_fifth
        Of the fields of each fifth of the slide, in their order: whether it grows.
    memory
        By process: median resident MiB in the second and the last fifth of the run, and the
        ratio ``growth``.
    """

    frames: int
    frames_per_s: float
    skipped: int
    fields: int
    cells: int
    balanced: bool
    may_contain_repeats: bool
    latency_ms: dict[str, float]
    latency_p99_ms_by_fifth: list[float]
    memory: dict[str, dict[str, float]]


def benchmark_latency(settings: Settings, seconds: int) -> LatencyFigures:
    """Count a live virtual microscope for a while, which moves and rests as a person does.

    Parameters
    ----------
    settings
        Of all parts; their store is used.
    seconds
        For how long, at 30 frames a second of 1280x960 pixels.

    Raises
    ------
    SmearwatchError
        Nothing was counted in that time.
    """
    source = f"{SOURCE}&frames={FRAMES_PER_S * seconds}"
    with private_endpoint() as endpoint, connect(settings.store) as store:
        supervisor = Supervisor(
            CountRequest(source, SLIDE, "replace", endpoint), settings, lambda _line: None
        )
        look = _Look(store)
        memory = MemoryWatch(lambda: supervisor.pids, lambda: look.seen / FRAMES_PER_S / seconds)

        def turn() -> None:
            if look.is_due():
                look.take()
            memory.sample()

        supervisor.run(threading.Event(), turn)
        look.take()
        return _figures(store, look.latencies, memory)


class _Look:
    """Collects latencies while the slide is counted; its stream of events keeps the last alone."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._taken_s = time.monotonic()
        self.latencies: dict[int, float] = {}
        self.seen = 0

    def is_due(self) -> bool:
        return time.monotonic() >= self._taken_s + LOOK_S

    def take(self) -> None:
        self._taken_s = time.monotonic()
        self.latencies |= field_latencies(self._store, SLIDE)
        self.seen = max(self.latencies, default=0)


def _figures(store: Store, latencies: dict[int, float], memory: MemoryWatch) -> LatencyFigures:
    if not latencies:
        raise SmearwatchError("no field was counted in that time: give more seconds")
    result = summary(store, SLIDE)
    in_order = 1000 * np.array([latencies[number] for number in sorted(latencies)])
    marks = np.quantile(in_order, [0.5, 0.95, 0.99, 1.0]).round(1).tolist()
    return LatencyFigures(
        frames=result.frames_seen,
        frames_per_s=round(result.frames_per_s or 0.0, 2),
        skipped=result.frames_skipped,
        fields=result.fields,
        cells=result.cells,
        balanced=result.balanced,
        may_contain_repeats=result.may_contain_repeats,
        latency_ms=dict(zip(("p50", "p95", "p99", "max"), marks, strict=True)),
        latency_p99_ms_by_fifth=[
            round(float(np.quantile(part, 0.99)), 1)
            for part in np.array_split(in_order, 5)
            if len(part)
        ],
        memory=memory.report(),
    )
