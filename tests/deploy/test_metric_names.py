"""Dashboard and alerts ask for figures that there are, by labels that these have."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.parser import text_string_to_metric_families

from config import load
from monitor.chunks import DispatchStatus
from monitor.doctor.check import Check
from monitor.doctor.metrics import metrics_of
from monitor.metrics import CaptureMetrics
from workers.metrics import WorkerMetrics

DEPLOY = Path(__file__).parents[2] / "deploy"
ALERTS = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text("utf-8"))
DASHBOARD = json.loads((DEPLOY / "grafana" / "smearwatch.json").read_text("utf-8"))
NAME = re.compile(r"\b(?:smearwatch|process)_[a-z_]+\b")


def served() -> set[str]:
    """Names of all samples that capture, worker and health give."""
    capture, worker = CaptureMetrics(), WorkerMetrics()
    capture.watch_queues(lambda: DispatchStatus(1, 0, 0, 0), lambda: 0)
    worker.watch_gpu(lambda: {"free": 1, "total": 2})
    own = CollectorRegistry()
    ProcessCollector(registry=own)
    health = metrics_of(lambda: [Check("a", "ok", "b")])().decode()
    families = [*text_string_to_metric_families(health)]
    for registry in (capture.registry, worker.registry, own):
        families += registry.collect()
    names = {family.name + ("_total" if family.type == "counter" else "") for family in families}
    histograms = {family.name for family in families if family.type == "histogram"}
    return names | {name + end for name in histograms for end in ("_bucket", "_sum", "_count")}


def alert_rules() -> list[dict[str, object]]:
    return [rule for group in ALERTS["groups"] for rule in group["rules"]]


def expressions() -> Iterator[str]:
    for rule in alert_rules():
        yield str(rule["expr"])
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            yield target["expr"]
    for variable in DASHBOARD["templating"]["list"]:
        if isinstance(variable["query"], dict):
            yield variable["query"]["query"]


def test_every_figure_that_is_asked_for_is_served():
    asked = {name for text in expressions() for name in NAME.findall(text)}
    assert len(asked) > 15
    assert asked - served() == set()


def test_every_figure_of_ours_is_on_the_dashboard():
    shown = " ".join(expressions())
    for name in served():
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        assert not name.startswith("smearwatch_") or base in shown, name


def test_every_figure_is_in_the_docs():
    text = (DEPLOY.parent / "docs" / "edge.md").read_text("utf-8")
    for name in served():
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        assert not name.startswith("smearwatch_") or base in text, name


@pytest.mark.parametrize("rule", alert_rules(), ids=lambda rule: rule["alert"])
def test_an_alert_says_what_is_wrong_and_what_to_do(rule: dict[str, dict[str, str]]):
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert set(rule["annotations"]) == {"summary", "cure"}
    assert str(rule["expr"]).count("(") == str(rule["expr"]).count(")")


def test_prometheus_asks_where_the_units_serve():
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yaml").read_text("utf-8"))
    asked = {
        job["job_name"]: job["static_configs"][0]["targets"] for job in config["scrape_configs"]
    }
    for name in ("capture", "worker"):
        settings = load(DEPLOY / "systemd" / f"{name}.yaml", {}, {})
        assert asked[f"smearwatch-{name}"] == [settings.metrics.address]
    health = (DEPLOY / "systemd" / "smearwatch-health.service").read_text("utf-8")
    assert f"--serve {asked['smearwatch-health'][0]} " in health
