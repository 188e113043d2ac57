"""Processes killed in the middle of a slide change nothing in its counts."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import psutil

PATIENCE_S = 120.0

AT_HAND = ("--set", "dispatch.max_fields_in_flight=1")
"""Capture waits for each field's scores, so that all is not over before one can act on it."""


def _children(process: Any, word: str) -> list[psutil.Process]:
    found = psutil.Process(process.pid).children(recursive=True)
    return [child for child in found if word in child.cmdline()]


def test_capture_and_two_workers_by_hand_one_killed(
    command: Any, pictures: Path, undisturbed: dict[str, object], tmp_path: Path
):
    endpoint = f"ipc://{tmp_path / 'dispatch.ipc'}"
    first = command.start("worker", "--connect", endpoint)
    command.start("--connect", endpoint, module="workers")
    capture = command.start(
        *(
            "capture",
            pictures,
            "--slide",
            "a",
            "--bind",
            endpoint,
            "--set",
            "dispatch.lease_s=1",
            "--set",
            "dispatch.heartbeat_s=0.2",
            *AT_HAND,
        )
    )
    command.wait_for("a", lambda result: result.fields >= 3)
    first.kill()
    _, error = capture.communicate(timeout=PATIENCE_S)
    assert capture.returncode == 0, error
    assert command.contents("a") == undisturbed


def test_a_killed_worker_is_replaced(command: Any, pictures: Path, undisturbed: dict[str, object]):
    process = command.start(
        "run",
        pictures,
        "--slide",
        "a",
        "--set",
        "dispatch.lease_s=1",
        "--set",
        "dispatch.heartbeat_s=0.2",
        *AT_HAND,
    )
    command.wait_for("a", lambda result: result.fields >= 3)
    for worker in _children(process, "workers"):
        os.kill(worker.pid, signal.SIGKILL)
    _, error = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, error
    assert "starting another" in error
    assert command.contents("a") == undisturbed


def test_a_killed_capture_is_resumed(command: Any, pictures: Path, undisturbed: dict[str, object]):
    process = command.start("run", pictures, "--slide", "a", *AT_HAND)
    command.wait_for("a", lambda result: result.fields >= 3)
    for capture in _children(process, "capture"):
        os.kill(capture.pid, signal.SIGKILL)
    _, error = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert "--resume" in error
    deadline = time.monotonic() + PATIENCE_S
    while (done := command("run", pictures, "--slide", "a", "--resume")).returncode:
        # The dead capture owns the slide until its time has run out.
        assert "another capture" in done.stderr
        assert time.monotonic() < deadline
    assert command.contents("a") == undisturbed


def test_a_killed_store_comes_back_with_all_that_was_acknowledged(
    command: Any, pictures: Path, undisturbed: dict[str, object]
):
    process = command.start("run", pictures, "--slide", "a", *AT_HAND)
    command.wait_for("a", lambda result: result.fields >= 3)
    os.kill(int((command.store.data_dir / "store.pid").read_text()), signal.SIGKILL)
    _, error = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, error
    assert command.contents("a") == undisturbed


def test_children_end_when_the_supervisor_is_killed(command: Any, pictures: Path):
    process = command.start("run", pictures, "--slide", "a", *AT_HAND)
    command.wait_for("a", lambda result: result.fields >= 1)
    children = psutil.Process(process.pid).children()
    assert len(children) == 2
    process.kill()
    _, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
    assert not alive
