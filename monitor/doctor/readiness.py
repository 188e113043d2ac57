"""Whether a slide could be begun now: the checks that are worth repeating on a box that runs."""

import threading
import time
from collections.abc import Callable, Sequence

from config import Settings
from monitor.doctor.check import Check
from monitor.doctor.machine import memory
from monitor.doctor.storage import data_folder, redis_server

FRESH_S = 5.0


class Readiness:
    """Checks what may change while a box runs; however often it is asked, not all the time.

    Left out are checks that take a model's memory, or a port or a camera from a capture.

    Parameters
    ----------
    settings
        All settings.
    """

    def __init__(self, settings: Settings) -> None:
        self._looks: Sequence[Callable[[], Check]] = (
            memory,
            lambda: data_folder(settings.store),
            lambda: redis_server(settings.store),
        )
        self._lock = threading.Lock()
        self._checks: list[Check] = []
        self._looked_s = float("-inf")

    def checks(self) -> list[Check]:
        """Give the checks, no older than ``FRESH_S`` seconds."""
        with self._lock:
            if time.monotonic() - self._looked_s > FRESH_S:
                self._checks = [look() for look in self._looks]
                self._looked_s = time.monotonic()
            return self._checks
