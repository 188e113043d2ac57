"""What a capture measures: frames by what became of them, cells, delays, queues, Redis' troubles.

No figure is told apart by slide: their number must not grow with the slides, and slide ids stay
out of what is served.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from monitor.backlog import Waiting
from monitor.chunks import DispatchStatus
from monitor.store import FieldResult, FrameOutcome

LATENCY_S = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
SEGMENTATION_S = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
COUNTED = ("counted", "good")


class CaptureMetrics:
    """Figures of one capture; cheap to keep, whether they are served or not.

    Attributes
    ----------
    registry
        What is served.
    store_errors, store_retries
        Steps that Redis did not take, and tries made again for that.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._frames = self._counter("frames", "Frames by outcome.", ["outcome", "reason"])
        self._fields = self._counter("fields", "Fields counted.")
        self._cells = self._counter("cells", "Red blood cells counted.")
        self._flagged = self._counter("cells_flagged", "Cells that look unhealthy.")
        self._unscored = self._counter("cells_unscored", "Cells that got no score.")
        self.store_errors = self._counter("store_errors", "Steps that Redis did not take.")
        self.store_retries = self._counter("store_retries", "Steps tried again.")
        self._latency = self._histogram(
            "frame_latency", "From reading a frame until its counts are stored.", LATENCY_S
        )
        self._segmentation = self._histogram(
            "segmentation", "Time to find the cells of one field.", SEGMENTATION_S
        )

    def _counter(self, name: str, help_: str, labels: list[str] | None = None) -> Counter:
        return Counter(f"smearwatch_{name}_total", help_, labels or [], registry=self.registry)

    def _histogram(self, name: str, help_: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(
            f"smearwatch_{name}_seconds", help_, registry=self.registry, buckets=buckets
        )

    @contextmanager
    def segmenting(self) -> Iterator[None]:
        """Measure how long it takes to find the cells of a field."""
        with self._segmentation.time():
            yield

    def stored(self, result: FieldResult, threshold: float) -> None:
        """Take note that a field's counts are in Redis."""
        self._frames.labels(*COUNTED).inc()
        self._fields.inc()
        self._cells.inc(len(result.scores))
        self._flagged.inc(int(np.count_nonzero(result.scores >= threshold)))
        self._unscored.inc(int(np.count_nonzero(np.isnan(result.scores))))
        self._latency.observe(max(0.0, time.time() - result.captured_at))

    def booked(self, waiting: Waiting) -> None:
        """Take note that frames that are not counted are in Redis."""
        for outcome, numbers in waiting.passed.items():
            self._frames.labels(outcome.outcome, outcome.reason).inc(len(numbers))
        for step, _ in waiting.steps:
            if isinstance(step, FrameOutcome):
                self._frames.labels(step.outcome, step.reason).inc()

    def watch_queues(
        self, dispatch: Callable[[], DispatchStatus], steps_waiting: Callable[[], int]
    ) -> None:
        """Tell of workers and queues, looked up whenever they are asked for."""
        self.registry.register(_Queues(dispatch, steps_waiting))


class _Queues(Collector):
    def __init__(
        self, dispatch: Callable[[], DispatchStatus], steps_waiting: Callable[[], int]
    ) -> None:
        self._dispatch = dispatch
        self._steps_waiting = steps_waiting

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        """Give the figures as they are now."""
        now = self._dispatch()
        yield _gauge("workers_connected", "Workers that are here.", now.workers)
        yield _gauge("chunks_queued", "Chunks that wait for a worker.", now.queued)
        yield _gauge("chunks_open", "Chunks that a worker holds.", now.open)
        yield _gauge("steps_waiting", "Steps that wait for Redis.", self._steps_waiting())
        yield CounterMetricFamily(
            "smearwatch_messages_malformed", "Messages that are none.", now.malformed
        )


def _gauge(name: str, help_: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"smearwatch_{name}", help_, value)
