"""Real processes that start at once: forked from one that has loaded all libraries."""

import multiprocessing
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing import forkserver
from pathlib import Path

LIBRARIES = ["monitor.cli.main", "monitor.count", "workers.serve"]
"""Loading them takes seconds; no process that is to be killed again should have to."""

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
POLL_S = 0.01
KILLED_WITHIN_S = 20.0

_context = multiprocessing.get_context("forkserver")


def warm_up() -> None:
    """Start the process that the others are forked from."""
    # A thread pool of a library would not survive the fork.
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        _context.set_forkserver_preload(LIBRARIES)
        forkserver.ensure_running()
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class Process:
    """``smearwatch`` with some arguments, in a process of its own.

    Parameters
    ----------
    arguments
        Of the command line.
    log
        File that its output goes to.
    """

    def __init__(self, arguments: list[str], log: Path) -> None:
        self.log = log
        self.killed = False
        self.progress_before = 0
        self._process = _context.Process(target=_run, args=(arguments, str(log)), daemon=True)
        self._process.start()

    @property
    def exit_code(self) -> int | None:
        """As of ``subprocess``: None while it lives, negative where a signal ended it."""
        return self._process.exitcode

    @property
    def words(self) -> str:
        """All that it has said."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    @property
    def last_line(self) -> str:
        """The last line that it said."""
        return (self.words.splitlines() or ["nothing"])[-1]

    @property
    def listens_on(self) -> int | None:
        """TCP port that a capture says it listens on for workers."""
        found = re.search(r"tcp://127\.0\.0\.1:(\d+)", self.words)
        return int(found[1]) if found else None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, where it still lives."""
        if self.exit_code is None and self._process.pid is not None:
            os.kill(self._process.pid, number)

    def kill(self) -> None:
        """Kill -9, at once and for good."""
        self.killed = True
        self.signal(signal.SIGKILL)
        self._process.join(KILLED_WITHIN_S)

    def ask_to_stop(self) -> None:
        """Send SIGTERM, once it is far enough to have ears for it."""
        wait_until(lambda: self.words != "" or self.exit_code is not None, KILLED_WITHIN_S)
        self.signal(signal.SIGTERM)

    def ended(self, within_s: float) -> bool:
        """Wait until it has ended; False where it has not in time."""
        self._process.join(within_s)
        return self.exit_code is not None


def _run(arguments: list[str], log: str) -> None:
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.close(output)
    os.setsid()
    sys.argv = ["smearwatch", *arguments]
    from monitor.cli.main import main  # noqa: PLC0415 - loaded before the fork

    main()


def wait_until(reached: Callable[[], bool], within_s: float) -> bool:
    """Wait for a condition; False where it is not reached in time."""
    deadline = time.monotonic() + within_s
    while not reached():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True
