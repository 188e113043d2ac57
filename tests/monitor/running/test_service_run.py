"""Capture and worker as systemd runs them: ready, alive while they are, stopping."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from monitor.store import connect

PATIENCE_S = 60.0
SMALL = "simulated:?motion=walk&live=1&fps=10&width=480&height=360"


class Heard:
    """The words told at one socket, in their order."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self.words: list[str] = []

    def wait_for(self, word: str, times: int = 1) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while self.words.count(word) < times:
            self._line.settimeout(max(0.01, deadline - time.monotonic()))
            self.words.append(self._line.recv(4096).decode())

    def silent_for(self, seconds: float) -> bool:
        """Take what was told already, then listen so long."""
        self._line.settimeout(seconds)
        try:
            self.words.append(self._line.recv(4096).decode())
        except TimeoutError:
            return True
        return False


@contextmanager
def systemd(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """Listen as systemd does, for the process that is started within."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(path))
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        monkeypatch.setenv("WATCHDOG_USEC", "400000")
        monkeypatch.delenv("WATCHDOG_PID", raising=False)
        yield Heard(line)


def test_capture_and_worker_tell_that_they_live(
    command: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    endpoint = f"ipc://{tmp_path / 'd'}"
    with systemd(tmp_path / "c", monkeypatch) as of_capture:
        # What its unit runs, for a slide that is new and for one that was begun.
        words = ["capture", SMALL, "--slide", "a", "--resume", "--bind", endpoint]
        capture = command.start(*words)
        of_capture.wait_for("READY=1")
        of_capture.wait_for("WATCHDOG=1", 3)  # while it waits for a worker
        with systemd(tmp_path / "w", monkeypatch) as of_worker:
            worker = command.start("worker", "--connect", endpoint)
            of_worker.wait_for("READY=1")
            assert of_worker.words == ["READY=1"]
            of_worker.wait_for("WATCHDOG=1", 3)
            command.wait_for("a", lambda result: result.fields >= 1)
            told = of_capture.words.count("WATCHDOG=1")
            of_capture.wait_for("WATCHDOG=1", told + 3)
            capture.send_signal(signal.SIGTERM)
            of_capture.wait_for("STOPPING=1")
            assert capture.wait(PATIENCE_S) == 0
            worker.send_signal(signal.SIGTERM)
            of_worker.wait_for("STOPPING=1")
            assert worker.wait(PATIENCE_S) == 0


def test_a_store_that_is_away_is_no_reason_to_start_anew(
    command: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    endpoint = f"ipc://{tmp_path / 'd'}"
    with systemd(tmp_path / "c", monkeypatch) as heard:
        quick = ["--set", "store.retry_max_s=0.2"]
        capture = command.start("capture", SMALL, "--slide", "a", "--bind", endpoint, *quick)
        heard.wait_for("READY=1")
        monkeypatch.delenv("NOTIFY_SOCKET")
        command.start("worker", "--connect", endpoint)
        before = command.wait_for("a", lambda result: result.fields >= 1)
        with connect(command.store) as store:
            store.client.ask("CONFIG", "SET", "min-replicas-to-write", 1)
            heard.silent_for(0.01)
            heard.wait_for("WATCHDOG=1", heard.words.count("WATCHDOG=1") + 20)
            store.client.ask("CONFIG", "SET", "min-replicas-to-write", 0)
        command.wait_for("a", lambda result: result.frames_seen > before.frames_seen)
        capture.send_signal(signal.SIGTERM)
        heard.wait_for("STOPPING=1")
        assert capture.wait(PATIENCE_S) == 0


def test_a_worker_that_hangs_gives_no_sign_of_life(
    command: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with systemd(tmp_path / "w", monkeypatch) as heard:
        worker = command.start("worker", "--connect", f"ipc://{tmp_path / 'd'}")
        heard.wait_for("WATCHDOG=1")
        os.kill(worker.pid, signal.SIGSTOP)
        while not heard.silent_for(1.0):
            pass
        os.kill(worker.pid, signal.SIGCONT)
        heard.wait_for("WATCHDOG=1", heard.words.count("WATCHDOG=1") + 1)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(PATIENCE_S) == 0
