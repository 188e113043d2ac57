"""What the checks found, for Prometheus."""

from collections.abc import Callable, Iterator, Sequence

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from monitor.doctor.check import Check


def metrics_of(checks: Callable[[], Sequence[Check]]) -> Callable[[], bytes]:
    """Give what writes the checks as they are then, and this process's own figures."""
    registry = CollectorRegistry()
    registry.register(_Checks(checks))
    ProcessCollector(registry=registry)
    return lambda: generate_latest(registry)


class _Checks(Collector):
    def __init__(self, checks: Callable[[], Sequence[Check]]) -> None:
        self._checks = checks

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Give the family without looking."""
        yield self._family()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give 1 for each check that failed, else 0."""
        family = self._family()
        for one in self._checks():
            family.add_metric([one.name], one.state == "failed")
        yield family

    @staticmethod
    def _family() -> GaugeMetricFamily:
        return GaugeMetricFamily(
            "smearwatch_check_failed", "Whether something stands in the way.", labels=["check"]
        )
