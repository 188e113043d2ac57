"""Redis-protocol servers that can be killed, stopped and filled up."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import psutil
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config import load
from monitor.store import connect, stop_server
from monitor.store.launch import server_binary
from monitor.store.place import Place
from soak.processes import wait_until

STARTED_WITHIN_S = 30.0
DISK_BYTES = 48 << 20
MOUNT, UNMOUNT = shutil.which("mount"), shutil.which("umount")


class Server(Protocol):
    """A store of one schedule."""

    folder: Path
    socket: str
    options: list[str]

    @property
    def pid(self) -> int | None:
        """Process id while it lives."""

    def start(self) -> None:
        """Have it run again, unless that is for others to do."""

    def ensure(self) -> None:
        """Start it where it does not run."""

    def close(self) -> None:
        """End it for good."""


class EmbeddedServer:
    """The server that smearwatch starts by itself, and starts again when it has died."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._settings = load(overrides={"store.data_dir": folder}, environ={}).store
        self._place = Place.of(self._settings)
        self.socket = str(self._place.socket)
        self.options = ["--data-dir", str(folder)]

    @property
    def pid(self) -> int | None:
        """As of its own file; None where that one is gone or the server is."""
        try:
            pid = int(self._place.pid_file.read_text())
        except (OSError, ValueError):
            return None
        return pid if _lives(pid) and self._place.alive else None

    def start(self) -> None:
        """Do nothing: capture sees to it."""

    def ensure(self) -> None:
        """Start it as any command would."""
        connect(self._settings).close()

    def close(self) -> None:
        """Stop it."""
        stop_server(self._settings)


class OwnServer:
    """A server that somebody else looks after, as a service manager would: this test.

    Parameters
    ----------
    folder
        Of its data.
    port
        Where a proxy leads to its socket.
    """

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.socket = str(folder / "s")
        self.options = ["--redis", f"redis://127.0.0.1:{port}/0"]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()
        if not wait_until(lambda: answers(self.socket), STARTED_WITHIN_S):
            raise RuntimeError(f"no server in {folder}")

    @property
    def pid(self) -> int | None:
        """Process id while it lives."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Start it on the data that are there, unless it lives."""
        if self.pid is None:
            with suppress(OSError):
                Path(self.socket).unlink()
            self._process = subprocess.Popen(
                [
                    str(server_binary()),
                    *("--port", "0", "--unixsocket", self.socket, "--dir", str(self.folder)),
                    *("--appendonly", "yes", "--appendfsync", "always", "--save", ""),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # Left ignored, so that a file too large is an error of the write and no signal.
                restore_signals=False,
            )

    ensure = start

    def close(self) -> None:
        """Kill it; its data are of no use any more."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def reader(socket: str, within_s: float = 2.0) -> redis.Redis:
    """Make a client that gives up soon and does not try again."""
    return redis.Redis(
        unix_socket_path=socket, socket_timeout=within_s, retry=Retry(NoBackoff(), 0), protocol=2
    )


def answers(socket: str) -> bool:
    """Whether a server answers, its data loaded."""
    try:
        with reader(socket) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


class Disk:
    """The disk of a store's data folder: a small one of its own where we may mount one.

    Elsewhere a full one is imitated by a limit on what the server may write.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._ballast = folder / "ballast"
        self._mounted = self._mount()

    def _mount(self) -> bool:
        if os.geteuid() != 0 or MOUNT is None:
            return False
        size = f"size={DISK_BYTES},mode=0700"
        command = [MOUNT, "-t", "tmpfs", "-o", size, "smearwatch-soak", str(self.folder)]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def fill(self, pid: int | None) -> None:
        """Leave no room."""
        if self._mounted:
            with self._ballast.open("wb", buffering=0) as file, suppress(OSError):
                while True:
                    file.write(bytes(1 << 16))
        elif pid is not None:
            psutil.Process(pid).rlimit(psutil.RLIMIT_FSIZE, (0, psutil.RLIM_INFINITY))

    def empty(self, pid: int | None) -> None:
        """Make room again."""
        self._ballast.unlink(missing_ok=True)
        if not self._mounted and pid is not None:
            psutil.Process(pid).rlimit(psutil.RLIMIT_FSIZE, (psutil.RLIM_INFINITY,) * 2)

    def close(self) -> None:
        """Give it back."""
        if self._mounted and UNMOUNT is not None:
            subprocess.run([UNMOUNT, "-l", str(self.folder)], check=True, capture_output=True)


def send(pid: int | None, number: signal.Signals) -> None:
    """Send a signal to a server that may be gone."""
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _lives(pid: int) -> bool:
    return psutil.pid_exists(pid)
