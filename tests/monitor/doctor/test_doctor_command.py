"""``smearwatch doctor`` as a user meets it."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from config.settings import StoreSettings
from monitor.cli.doctor import register
from monitor.doctor.check import Finding, check

NAMES = [
    "settings",
    "python",
    "processor",
    "memory",
    "cameras",
    "micromanager",
    "genicam",
    "video",
    "device",
    "model",
    "data folder",
    "embedded server",
    "redis",
    "endpoint",
]


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    register(app)
    return app


@pytest.fixture
def healthy(store_settings: StoreSettings) -> list[str]:
    """Arguments with which nothing fails."""
    free = "dispatch.endpoint=tcp://127.0.0.1:0"
    return ["--data-dir", str(store_settings.data_dir), "--set", free]


@pytest.fixture
def busy() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"tcp://127.0.0.1:{listener.getsockname()[1]}"


def test_a_healthy_machine_exits_0_with_every_check(app: typer.Typer, healthy: list[str]) -> None:
    result = CliRunner().invoke(app, ["--json", *healthy])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["healthy"] is True
    assert [one["name"] for one in report["checks"]] == NAMES
    assert all(one["state"] in {"ok", "note"} and one["found"] for one in report["checks"])


def test_a_failure_exits_1_and_names_itself_with_a_cure(
    app: typer.Typer, healthy: list[str], busy: str
) -> None:
    arguments = [*healthy, "--set", f"dispatch.endpoint={busy}"]
    result = CliRunner().invoke(app, ["--json", *arguments])
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert report["healthy"] is False
    failed = [one for one in report["checks"] if one["state"] == "failed"]
    assert [one["name"] for one in failed] == ["endpoint"]
    assert all(one["cure"] for one in failed)
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 1
    assert "Stands in the way: endpoint." in shown.stdout


def test_broken_settings_are_a_failed_check(app: typer.Typer, tmp_path: Path) -> None:
    config = tmp_path / "mine.yaml"
    config.write_text("worker:\n  cuont: 2\n")
    result = CliRunner().invoke(app, ["--json", "--config", str(config)])
    assert result.exit_code == 1
    checks = {one["name"]: one for one in json.loads(result.stdout)["checks"]}
    assert checks["settings"]["state"] == "failed"
    assert "mine.yaml line 2" in checks["settings"]["found"]
    assert "worker.count" in checks["settings"]["found"]
    assert checks["python"]["state"] == "ok"
    assert "redis" not in checks


def test_a_check_that_breaks_is_a_failed_check() -> None:
    @check("arithmetic", "use another number")
    def divide(number: int) -> Finding:
        return Finding("ok", str(1 // number))

    assert divide(1).state == "ok"
    broken = divide(0)
    assert broken.name == "arithmetic"
    assert broken.state == "failed"
    assert "ZeroDivisionError" in broken.found
    assert "use another number" in str(broken.cure)


def test_a_torch_that_cannot_be_imported_is_a_failed_check(
    healthy: list[str], tmp_path: Path
) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('libmissing.so.1 is not there')\n")
    script = (
        "import typer; from monitor.cli.doctor import register as r; a = typer.Typer(); r(a); a()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "--json", *healthy],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    failed = [one for one in json.loads(done.stdout)["checks"] if one["state"] == "failed"]
    assert [one["name"] for one in failed] == ["device", "model"]
    assert all("libmissing.so.1" in one["found"] and one["cure"] for one in failed)
