"""A child process: heard line by line, stopped in order or by force, never left behind."""

import queue
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from monitor.child import Child

PATIENCE_S = 30.0
OBEDIENT = """
import sys
from workers.lifetime import stop_on_signals
stop = stop_on_signals()
sys.stderr.write("ready\\n")
sys.stderr.flush()
stop.wait()
sys.stderr.write("ended\\n")
"""
STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
sys.stderr.write("ready\\n")
sys.stderr.flush()
while True:
    time.sleep(60)
"""
TELLS_ITS_SETTINGS = """
import os, sys
names = sorted(name for name in os.environ if name.upper().startswith("SMEARWATCH"))
sys.stderr.write(f"{names} {os.environ['OTHER']}\\n")
sys.exit(3)
"""
PARENT = """
import sys, time
from monitor.child import Child
child = Child("orphan", ["orphan"], print)
print(child.pid, flush=True)
time.sleep(60)
"""
ORPHAN = """
import threading
from workers.lifetime import stop_with_parent
stop = threading.Event()
stop_with_parent(stop)
stop.wait()
"""


class Lines:
    """What a child has said."""

    def __init__(self) -> None:
        self._got: queue.Queue[str] = queue.Queue()
        self.say = self._got.put

    def next(self) -> str:
        return self._got.get(timeout=PATIENCE_S)

    def empty(self) -> bool:
        return self._got.empty()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose files a child can run as modules."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


@contextmanager
def child(folder: Path, code: str) -> Iterator[tuple[Child, Lines]]:
    (folder / "the_child.py").write_text(code)
    lines = Lines()
    started = Child("test", ["the_child"], lines.say)
    try:
        yield started, lines
    finally:
        started.stop(within_s=0)


def test_it_is_asked_to_stop_and_its_last_words_are_heard(folder: Path):
    with child(folder, OBEDIENT) as (started, lines):
        assert lines.next() == "ready"
        assert started.exit_code is None
        started.stop(within_s=PATIENCE_S)
        assert started.exit_code == 0
        assert lines.next() == "ended"


def test_one_that_does_not_obey_is_ended_by_force(folder: Path):
    with child(folder, STUBBORN) as (started, lines):
        assert lines.next() == "ready"
        started.stop(within_s=0.2)
        assert started.exit_code == -signal.SIGKILL


def test_one_that_has_ended_by_itself_can_be_stopped_all_the_same(folder: Path):
    with child(folder, "raise SystemExit(7)") as (started, _):
        deadline = time.monotonic() + PATIENCE_S
        while started.exit_code is None and time.monotonic() < deadline:
            time.sleep(0.01)
        started.ask_to_stop()
        started.stop(within_s=0)
        assert started.exit_code == 7


def test_bytes_that_are_no_text_are_passed_on_all_the_same(folder: Path):
    with child(folder, r"import os; os.write(2, b'caf\xe9\nlast')") as (_, lines):
        assert [lines.next(), lines.next()] == ["caf\N{REPLACEMENT CHARACTER}", "last"]


def test_settings_of_the_environment_do_not_reach_it(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SMEARWATCH_WORKER__COUNT", "3")
    monkeypatch.setenv("smearwatch_log__level", "debug")
    monkeypatch.setenv("OTHER", "stays")
    with child(folder, TELLS_ITS_SETTINGS) as (_, lines):
        assert lines.next() == "[] stays"


def test_it_ends_when_its_parent_is_killed(folder: Path):
    (folder / "orphan.py").write_text(ORPHAN)
    with psutil.Popen([sys.executable, "-c", PARENT], stdout=-1, text=True) as parent:
        orphan = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        _, alive = psutil.wait_procs([orphan], PATIENCE_S)
        assert not alive
