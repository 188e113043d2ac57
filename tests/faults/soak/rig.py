"""A capture, its workers, a store and proxies between them, kept going as on an edge box."""

import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from soak.crew import SLIDE, Crew
from soak.pictures import LIVE_SOURCE, link_all
from soak.poison import Rogue
from soak.processes import Process, wait_until
from soak.proxy import Proxy
from soak.schedule import Schedule
from soak.slide import Slide
from soak.stores import Disk, EmbeddedServer, OwnServer, Server, answers, reader, send
from soak.watcher import Watcher

PATIENCE_S = 90.0
RETRY_S = 0.3
STOPPED_WITHIN_S = 20.0
READ_WITHIN_S = 20.0
TAKEN = "is being counted by another capture"
NO_STORE = ("the store at", "the store in")
"""What a capture may say when it ends before it has begun: another try may go better."""


class BrokenError(Exception):
    """Something happened that no fault excuses."""


class Rig:
    """Everything that one schedule needs, from ``with`` to its end.

    Parameters
    ----------
    schedule
        What is asked of it.
    folder
        An empty one, short enough for sockets.
    painted
        The pictures to count.

    Attributes
    ----------
    crew
        All processes.
    capture, workers
        Those started last.
    server, disk
        The store and what its folder lies on.
    ways
        Proxies from workers to captures; captures use them in turn.
    store_way
        Proxy to a store behind TCP.
    watcher
        Looks at the slide.
    restarts
        How often a capture was started again.
    malformed
        How many malformed messages were sent, and how many of them were answered.
    notes
        What is worth saying of the run.
    """

    def __init__(self, schedule: Schedule, folder: Path, painted: Path) -> None:
        self.schedule = schedule
        self.folder = folder
        self.painted = painted
        self.crew = Crew(folder)
        self.workers: list[Process] = []
        self.kept_down: set[str] = set()
        self.restarts = 0
        self.malformed = Counter[str]()
        self.notes: list[str] = []
        self.patience_s = PATIENCE_S + sum(step.hold_s for step in schedule.steps)
        self.deadline_s = time.monotonic() + self.patience_s
        self._tried_s = float("-inf")
        self._turn = 0

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.disk = Disk(self.folder / "d")
            stack.callback(self.disk.close)
            self.ways = [stack.enter_context(Proxy()) for _ in range(2)]
            self.store_way = stack.enter_context(Proxy())
            self.rogue = stack.enter_context(Rogue())
            self.server = self._server()
            stack.callback(self.server.close)
            self.watcher = Watcher(stack.enter_context(reader(self.server.socket)))
            stack.callback(self._kill_all)
            self.source = self._source()
            self.workers = [self.new_worker() for _ in range(self.schedule.workers)]
            self.capture = self._new_capture()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _server(self) -> Server:
        if self.schedule.store == "embedded":
            return EmbeddedServer(self.disk.folder)
        server = OwnServer(self.disk.folder, self.store_way.port)
        self.store_way.target = server.socket
        return server

    def _source(self) -> str:
        if self.schedule.source == "live":
            return LIVE_SOURCE
        link_all(self.painted, self.folder / "p")
        return str(self.folder / "p")

    def new_worker(self) -> Process:
        """Start a worker."""
        ports = [*(way.port for way in self.ways), self.rogue.port]
        return self.crew.worker(ports)

    def _new_capture(self) -> Process:
        self._turn += 1
        process = self.crew.capture(self.source, self.server.options, resume=self.restarts > 0)
        process.progress_before = self.watcher.most_seen
        return process

    def take_over(self) -> None:
        """Start a capture that goes on with the slide, in place of the one that is there."""
        if self.schedule.source == "live":
            self.watcher.note_lost()
        self.restarts += 1
        self.capture = self._new_capture()

    def let_owner_time_pass(self) -> None:
        """Have the dead capture's time run out, unless the schedule waits for that."""
        if not self.schedule.waits_for_owner:
            self.watcher.let_owner_time_pass()

    @property
    def finished(self) -> bool:
        """Whether a capture has brought the slide to its end."""
        return self.capture.exit_code == 0

    def wait(self, reached: Callable[[], bool]) -> None:
        """Wait for a condition, or for the slide's end, while all processes are kept going.

        Raises
        ------
        BrokenError
            A process ended that no fault had struck, or it takes too long.
        """

        def there() -> bool:
            self.tend()
            return self.finished or reached()

        if not wait_until(there, self.deadline_s - time.monotonic()):
            raise BrokenError(f"not finished after {self.patience_s:.0f} s")

    def hold(self, seconds: float) -> None:
        """Let time pass, also beyond the slide's end; all processes are kept going."""
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            self.tend()
            time.sleep(0.01)

    def tend(self) -> None:
        """Start again what has died, as a service manager would."""
        for worker in self.workers:
            if worker.exit_code is not None and not worker.killed:
                raise BrokenError(f"a worker ended by itself: {worker.last_line}")
        way = self.ways[self._turn % 2]
        if way.target != self.capture.listens_on:
            way.target = self.capture.listens_on
        if time.monotonic() - self._tried_s < RETRY_S:
            return
        self._tried_s = time.monotonic()
        if "store" not in self.kept_down:
            self.server.start()
        if "capture" not in self.kept_down and self.capture.exit_code not in {None, 0}:
            self._excuse(self.capture)
            self.take_over()

    def _excuse(self, capture: Process) -> None:
        """Accept that a capture has ended, where it could not even begin."""
        if capture.killed:
            return
        said = f"capture ended with code {capture.exit_code}: {capture.last_line}"
        if capture.exit_code != 1:
            raise BrokenError(said)
        if TAKEN not in capture.last_line:
            if not any(one in capture.last_line for one in NO_STORE):
                raise BrokenError(said)
            if self.watcher.most_seen > capture.progress_before:
                raise BrokenError(f"in the middle of the slide, {said}")
        if said not in self.notes:
            self.notes.append(said)

    def finish(self) -> Slide:
        """Wait for the slide's end; end everything in good order; give the slide."""
        self.wait(lambda: False)
        self.wait_for_store()
        with reader(self.server.socket, READ_WITHIN_S) as client:
            found = Slide.read(client, SLIDE)
        for worker in self.workers:
            worker.ask_to_stop()
        for worker in self.workers:
            if not worker.ended(STOPPED_WITHIN_S) or worker.exit_code != 0:
                raise BrokenError(f"a worker did not stop when asked to: {worker.last_line}")
        return found

    def wait_for_store(self) -> None:
        """Wait until the store answers; the embedded one is started where no capture does it."""
        self.server.start()
        if not wait_until(lambda: answers(self.server.socket), 0.5):
            self.server.ensure()
        if not wait_until(lambda: answers(self.server.socket), STOPPED_WITHIN_S):
            raise BrokenError("the store does not come back")

    def _kill_all(self) -> None:
        send(self.server.pid, signal.SIGCONT)
        self.crew.kill()
