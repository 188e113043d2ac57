"""When a process ends: on a signal, or with the process that started it."""

import os
import signal
import threading
from types import FrameType

INTERRUPTED = 130
STANDARD_INPUT = 0


def stop_on_signals() -> threading.Event:
    """Give an event that the first SIGINT or SIGTERM sets; the second ends the process at once."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            os._exit(INTERRUPTED)
        stop.set()

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)
    return stop


def stop_with_parent(stop: threading.Event) -> None:
    """Set ``stop`` when standard input ends: the parent holds its other side while it lives."""

    def wait() -> None:
        # Not through sys.stdin: its buffer's lock would be held when the interpreter ends.
        while os.read(STANDARD_INPUT, 1):
            pass
        stop.set()

    threading.Thread(target=wait, name="parent", daemon=True).start()
