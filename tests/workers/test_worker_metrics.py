"""What a worker measures, asked for over HTTP as Prometheus does."""

import logging
import re
import socket
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from workers.metrics import WorkerMetrics
from workers.serve_metrics import MetricsError, serving_metrics


def scrape(url: str) -> dict[str, float]:
    """Give every sample at an address, by its name and labels."""
    with urlopen(url, timeout=20) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    return {
        one.name + "".join(f"|{value}" for value in one.labels.values()): one.value
        for family in families
        for one in family.samples
    }


def url_in(text: str) -> str:
    found = re.search(r"metrics at (http://\S+/metrics)", text)
    assert found, text
    return found[1]


def test_batches_and_those_that_failed_are_told(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    metrics = WorkerMetrics()
    with serving_metrics("127.0.0.1:0", metrics.registry):
        for crops in (10, 100):
            with metrics.scoring(crops):
                pass
        with pytest.raises(ZeroDivisionError), metrics.scoring(5):
            raise ZeroDivisionError
        told = scrape(url_in(caplog.text))
    assert told["smearwatch_batch_crops_count"] == 2
    assert told["smearwatch_batch_crops_sum"] == 110
    assert told["smearwatch_batch_crops_bucket|32.0"] == 1
    assert told["smearwatch_scoring_seconds_count"] == 2
    assert told["smearwatch_batches_failed_total"] == 1
    assert told["process_resident_memory_bytes"] > 1e6
    assert told["process_open_fds"] > 0


def test_memory_of_a_gpu_is_looked_up_anew_each_time(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    metrics = WorkerMetrics()
    memory = {"total": 100, "free": 60}
    metrics.watch_gpu(lambda: memory)
    with serving_metrics("0", metrics.registry):
        assert scrape(url_in(caplog.text))["smearwatch_gpu_memory_bytes|free"] == 60
        memory["free"] = 10
        assert scrape(url_in(caplog.text))["smearwatch_gpu_memory_bytes|free"] == 10


def test_a_port_in_use_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(MetricsError, match=rf"127\.0\.0\.1:{port}.*metrics\.address"),
            serving_metrics(str(port), WorkerMetrics().registry),
        ):
            pass


def test_none_is_served_without_an_address(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    with serving_metrics(None, WorkerMetrics().registry):
        assert not caplog.records
