"""A process ends on a signal, or when the process that started it is gone."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

PATIENCE_S = 30.0
WAITS = """
import sys, time
from workers.lifetime import stop_on_signals, stop_with_parent
stop = stop_on_signals()
stop_with_parent(stop)
print("ready", flush=True)
stop.wait()
print("asked", flush=True)
if "finishing" in sys.argv:
    time.sleep(60)
"""


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", WAITS, *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as started:
        try:
            assert started.stdout is not None
            assert started.stdout.readline() == "ready\n"
            yield started
        finally:
            started.kill()


def said(started: subprocess.Popen[str]) -> str:
    assert started.stdout is not None
    return started.stdout.readline()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_it_to_stop_and_it_ends_in_order(number: signal.Signals):
    with process() as started:
        started.send_signal(number)
        assert said(started) == "asked\n"
        assert started.wait(PATIENCE_S) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(number: signal.Signals):
    with process("finishing") as started:
        started.send_signal(signal.SIGINT)
        assert said(started) == "asked\n"
        started.send_signal(number)
        assert started.wait(PATIENCE_S) == 130


def test_it_stops_when_its_parent_lets_go_of_its_standard_input():
    with process() as started:
        assert started.stdin is not None
        started.stdin.write("what a parent says is of no account\n")
        started.stdin.close()
        assert said(started) == "asked\n"
        assert started.wait(PATIENCE_S) == 0
