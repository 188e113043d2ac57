"""Runs capture and workers on one box: starts them, restarts workers, stops in the data's order."""

import json
import logging
import os
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import yaml

from config import Settings, SmearwatchError, StoppedError, UsageError
from config.address import Address
from config.json_logs import line_of_child
from config.redact import redacted
from monitor.child import Child, Line
from monitor.request import CountRequest
from workers.lifetime import INTERRUPTED

logger = logging.getLogger(__name__)

MAX_RESTARTS = 5
RESTART_WINDOW_S = 60.0
STOP_WITHIN_S = 10.0
TURN_S = 0.1
CAPTURE = 0
REFUSALS = (SmearwatchError.exit_code, UsageError.exit_code)


class SupervisorError(SmearwatchError):
    """A process that is needed does not stay alive."""


class Supervisor:
    """Capture and workers of one slide.

    Parameters
    ----------
    request
        What to count; its endpoint is where capture listens and workers connect.
    settings
        Passed on to every process.
    line
        Called with every line that a process logs.

    Attributes
    ----------
    pids
        Process ids by name, of those started last.
    """

    def __init__(self, request: CountRequest, settings: Settings, line: Line) -> None:
        self._request = request
        self._settings = settings
        self._line = line
        self._restarts: deque[float] = deque()
        self._workers: list[Child] = []
        self.pids: dict[str, int] = {}

    def run(self, stop: threading.Event, turn: Callable[[], None]) -> int:
        """Count the slide; give the exit code of capture.

        Parameters
        ----------
        stop
            When set, the fields in flight are finished, then everything stops.
        turn
            Called about ten times a second, to show how things stand.

        Raises
        ------
        SupervisorError
            Workers end as often as they are started, or capture was killed.
        StoppedError
            Interrupted by KeyboardInterrupt; the processes are killed.
        """
        try:
            return self._run(stop, turn)
        except KeyboardInterrupt as error:
            raise StoppedError(
                "stopped at once; fields in flight are not counted: go on with --resume"
            ) from error

    def _run(self, stop: threading.Event, turn: Callable[[], None]) -> int:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smearwatch-")))
            self._folder = folder
            stack.push(self._stop_workers)
            for number in range(self._settings.worker.count):
                self._workers.append(self._worker(number))
            capture = self._capture()
            stack.push(partial(_stop, [capture]))
            self._watch(capture, stop, turn)
            if capture.exit_code in REFUSALS:
                # Nothing is left to score, and the reason is to be the last thing said.
                for worker in self._workers:
                    worker.kill()
            return self._ended(capture, stop)

    def _worker(self, number: int) -> Child:
        arguments = ["workers", *self._debug(), "--connect", self._request.endpoint]
        return self._child(f"worker {number + 1}", arguments, number + 1)

    def _child(self, name: str, arguments: list[str], number: int) -> Child:
        config = self._folder / f"settings-{number}.yaml"
        config.write_text(yaml.safe_dump(_for_child(self._settings, number)))
        words = [*arguments, "--config", str(config), "--with-parent"]
        as_json = self._settings.log.format == "json"
        child = Child(name, words, self._line, line_of_child(name) if as_json else redacted)
        self.pids[name] = child.pid
        return child

    def _debug(self) -> list[str]:
        return ["--debug"] if self._request.debug else []

    def _capture(self) -> Child:
        request = self._request
        arguments = ["monitor", *self._debug(), "capture", request.source, "--slide", request.slide]
        arguments += ["--bind", request.endpoint]
        if request.mode != "new":
            arguments.append(f"--{request.mode}")
        if request.label_in_source:
            arguments.append("--label-in-source")
        return self._child("capture", arguments, CAPTURE)

    def _watch(self, capture: Child, stop: threading.Event, turn: Callable[[], None]) -> None:
        asked = False
        while capture.exit_code is None:
            if stop.is_set() and not asked:
                asked = True
                capture.ask_to_stop()
            self._mend()
            turn()
            time.sleep(TURN_S)

    def _mend(self) -> None:
        for number, worker in enumerate(self._workers):
            code = worker.exit_code
            if code is None:
                continue
            worker.stop(0)
            if code in REFUSALS:
                raise SupervisorError(f"{worker.name} cannot work; its last line says why")
            logger.warning("%s ended with code %d; starting another", worker.name, code)
            self._count_restart(worker.name)
            self._workers[number] = self._worker(number)

    def _count_restart(self, name: str) -> None:
        now = time.monotonic()
        while self._restarts and now - self._restarts[0] > RESTART_WINDOW_S:
            self._restarts.popleft()
        if len(self._restarts) >= MAX_RESTARTS:
            raise SupervisorError(
                f"{name} ended {MAX_RESTARTS + 1} times within a minute; "
                "the slide stays open: mend the cause, then go on with --resume"
            )
        self._restarts.append(now)

    def _stop_workers(self, kind: type[BaseException] | None, *_: object) -> None:
        _stop(self._workers, kind)

    @staticmethod
    def _ended(capture: Child, stop: threading.Event) -> int:
        code = capture.exit_code
        if code == -signal.SIGTERM and stop.is_set():
            # It was still loading: from then on it ends in its own way.
            logger.warning("interrupted before the slide was begun")
            return INTERRUPTED
        if code is None or code < 0:
            raise SupervisorError(
                f"capture was killed (signal {-(code or 0)}); nothing counted is lost: "
                "go on with --resume"
            )
        return code


def _stop(children: Sequence[Child], kind: type[BaseException] | None, *_: object) -> None:
    """Stop processes in order, or at once where the user will not wait."""
    hurry = kind is not None and issubclass(kind, KeyboardInterrupt)
    for child in children:
        child.kill() if hurry else child.ask_to_stop()
    for child in children:
        child.stop(STOP_WITHIN_S)


def _for_child(settings: Settings, number: int) -> dict[str, dict[str, object]]:
    """Give the settings as plain data, with this box's cores shared by the workers.

    Each process has a port of its own for its metrics: capture is number 0, workers follow.

    Capture gets no core of its own: whichever of them is behind finds room, whereas a fixed
    share left one core half idle as soon as segmenting and scoring did not cost the same.
    """
    plain: dict[str, dict[str, object]] = json.loads(settings.model_dump_json())
    share = max(1, (os.cpu_count() or 1) // settings.worker.count)
    plain["worker"]["threads"] = settings.worker.threads or share
    if settings.metrics.address is not None:
        plain["metrics"]["address"] = str(Address.of(settings.metrics.address).beside(number))
    return plain
