"""What a worker measures: how long scoring takes, of how many cells at once, and GPU memory."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

BATCH_CROPS = (1, 8, 32, 64, 96, 128, 192, 256, 384, 512, 1024, 4096)
SCORING_S = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class WorkerMetrics:
    """Figures of one worker; cheap to keep, whether they are served or not.

    Attributes
    ----------
    registry
        What is served.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._scoring = Histogram(
            "smearwatch_scoring_seconds",
            "Time to score one batch.",
            registry=self.registry,
            buckets=SCORING_S,
        )
        self._crops = Histogram(
            "smearwatch_batch_crops",
            "Cells scored at once.",
            registry=self.registry,
            buckets=BATCH_CROPS,
        )
        self._failed = Counter(
            "smearwatch_batches_failed_total",
            "Batches that could not be scored.",
            registry=self.registry,
        )

    @contextmanager
    def scoring(self, crops: int) -> Iterator[None]:
        """Measure the scoring of a batch of so many crops; one that raises has failed."""
        began_s = time.monotonic()
        try:
            yield
        except Exception:
            self._failed.inc()
            raise
        self._scoring.observe(time.monotonic() - began_s)
        self._crops.observe(crops)

    def watch_gpu(self, memory: Callable[[], Mapping[str, int]]) -> None:
        """Tell of a GPU's memory, in bytes by kind, looked up whenever it is asked for."""
        self.registry.register(_GpuMemory(memory))


class _GpuMemory(Collector):
    def __init__(self, memory: Callable[[], Mapping[str, int]]) -> None:
        self._memory = memory

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give the memory as it is now."""
        family = GaugeMetricFamily(
            "smearwatch_gpu_memory_bytes", "Memory of the GPU that scores.", labels=["kind"]
        )
        for kind, size in self._memory().items():
            family.add_metric([kind], size)
        yield family
