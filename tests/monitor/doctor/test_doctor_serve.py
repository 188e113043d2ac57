"""Health over HTTP: of checks that change, and by the real command on a real store."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from config import load
from config.address import Address
from monitor.doctor.check import Check
from monitor.doctor.readiness import Readiness
from monitor.doctor.serve import HealthError, serving_health
from monitor.store import stop_server

FREE = Address("127.0.0.1", 0)
PATIENCE_S = 60.0


def get(at: str, page: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://{at}{page}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_it_is_ready_while_no_check_fails_and_lives_all_the_same():
    found = [Check("redis", "ok", "answers"), Check("memory", "note", "little")]
    with serving_health(FREE, lambda: found) as at:
        status, text = get(str(at), "/ready")
        assert (status, json.loads(text)["ready"]) == (200, True)
        found.append(Check("data folder", "failed", "full", "free some"))
        status, text = get(str(at), "/ready?full=1")
        assert (status, json.loads(text)["ready"]) == (503, False)
        assert json.loads(text)["checks"][2]["cure"] == "free some"
        assert get(str(at), "/live") == (200, '{"live":true}')
        _, metrics = get(str(at), "/metrics")
        assert 'smearwatch_check_failed{check="data folder"} 1.0' in metrics
        assert 'smearwatch_check_failed{check="redis"} 0.0' in metrics
        assert get(str(at), "/else")[0] == 404


def test_an_address_in_use_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = Address("127.0.0.1", taken.getsockname()[1])
        with pytest.raises(HealthError, match=f"{address}.*--serve"), serving_health(address, list):
            pass


def test_checks_are_not_made_anew_for_each_question(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    settings = load(None, {"store.url": "redis://127.0.0.1:1/0"}, {})
    readiness = Readiness(settings)
    first = readiness.checks()
    assert readiness.checks() is first
    assert [one.state for one in first if one.name == "redis"] == ["failed"]
    monkeypatch.setattr("monitor.doctor.readiness.FRESH_S", -1.0)
    assert readiness.checks() is not first


@pytest.fixture
def serving(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    def start(*words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "monitor", "doctor", "--serve", "0", *words],
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def test_the_command_serves_until_it_is_stopped(
    serving: Callable[..., subprocess.Popen[str]], tmp_path: Path
):
    with serving("--data-dir", str(tmp_path)) as process:
        told = re.search(r"health at http://(\S+?)/live", process.stderr.readline())
        try:
            assert get(told[1], "/live")[0] == 200
            status, text = get(told[1], "/ready")
            assert status == 200, text
            assert {one["name"] for one in json.loads(text)["checks"]} >= {"redis", "data folder"}
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
            stop_server(load(None, {"store.data_dir": tmp_path}, {}).store)


def test_an_address_that_is_none_is_refused():
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "doctor", "--serve", "::1:9"],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 2
    assert "HOST:PORT" in done.stderr
