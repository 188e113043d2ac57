"""Tells systemd how this process does: that it is ready, lives, or stops.

The protocol of sd_notify(3): words in a datagram to the socket that ``NOTIFY_SOCKET`` names.
Without that variable nothing is told.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Mapping
from typing import Self

logger = logging.getLogger(__name__)

ABSTRACT = "@"
LONGEST_PAUSE_S = 1.0
"""Between two signs of life, where systemd waits for longer."""


class ServiceNotifier:
    """Tells systemd of this process; safe from any thread.

    Parameters
    ----------
    socket_path
        Where systemd listens, ``@`` before an abstract name; None: nothing is told.
    watchdog_s
        After how many seconds without a sign of life systemd ends the process; None: it does not.
    """

    def __init__(self, socket_path: str | None = None, watchdog_s: float | None = None) -> None:
        self._path = socket_path
        self._every_s = None if watchdog_s is None else min(watchdog_s / 4, LONGEST_PAUSE_S)
        self._told: tuple[int, ...] = ()
        self._told_s = float("-inf")
        self._lock = threading.Lock()

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self:
        """Read where to tell from the variables that systemd sets."""
        path = environ.get("NOTIFY_SOCKET", "")
        usable = path.startswith((os.sep, ABSTRACT)) and hasattr(socket, "AF_UNIX")
        microseconds = environ.get("WATCHDOG_USEC", "")
        ours = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        watched = ours and microseconds.isdecimal() and int(microseconds) > 0
        return cls(path if usable else None, int(microseconds) / 1e6 if watched else None)

    def ready(self) -> None:
        """Say that it does its work from now on."""
        self._tell("READY=1")

    def stopping(self) -> None:
        """Say that it finishes what it holds, and then ends."""
        self._tell("STOPPING=1")

    def lives(self, *turns: int) -> None:
        """Give a sign of life where every loop has turned since the last one.

        A single loop that hangs is so enough for the process to be started anew.

        Parameters
        ----------
        turns
            How often each loop has turned; called as often as one likes.
        """
        if self._every_s is None:
            return
        with self._lock:
            hangs = any(now == told for now, told in zip(turns, self._told, strict=False))
            now_s = time.monotonic()
            if hangs or now_s - self._told_s < self._every_s:
                return
            self._told, self._told_s = turns, now_s
        self._tell("WATCHDOG=1")

    def _tell(self, words: str) -> None:
        if self._path is None:
            return
        address = "\0" + self._path[1:] if self._path.startswith(ABSTRACT) else self._path
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.setblocking(False)
                line.sendto(words.encode(), address)
        except OSError as error:
            logger.warning("systemd at %s is not told %s: %s", self._path, words, error)
