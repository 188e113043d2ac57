"""When a process ends: on a signal, or with the process that started it."""

import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

INTERRUPTED = 130
BROKE_DOWN = 70
"""EX_SOFTWARE: what was asked for may have been right; starting again may help."""

STANDARD_INPUT = 0
ORPHAN_ENDS_WITHIN_S = 10.0


def leave_at_once() -> None:
    """End this process now, with nothing tidied up."""
    os._exit(INTERRUPTED)


def unwind() -> None:
    """Raise KeyboardInterrupt, so that what this process started is ended on the way out."""
    raise KeyboardInterrupt


def stop_on_signals(at_second: Callable[[], None] = leave_at_once) -> threading.Event:
    """Give an event that the first SIGINT or SIGTERM sets; ``at_second`` is called by others."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            at_second()
        stop.set()

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)
    return stop


def interrupt_on_signals() -> threading.Event:
    """Give an event that each SIGINT or SIGTERM sets, besides raising KeyboardInterrupt.

    For work that is to stop wherever it stands. An exception that arises inside a callback of
    other code, as of torch, may be swallowed there; the event is not, for whoever asks it.
    """
    stop = threading.Event()

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)
    return stop


def stop_with_parent(stop: threading.Event) -> None:
    """Set ``stop`` when standard input ends: the parent holds its other side while it lives.

    An orphan has little to finish: it is ended at once where it was told to stop before, and
    where it has not ended by itself after ``ORPHAN_ENDS_WITHIN_S`` seconds.
    """

    def wait() -> None:
        # Not through sys.stdin: its buffer's lock would be held when the interpreter ends.
        while os.read(STANDARD_INPUT, 1):
            pass
        if not stop.is_set():
            stop.set()
            time.sleep(ORPHAN_ENDS_WITHIN_S)
        leave_at_once()

    threading.Thread(target=wait, name="parent", daemon=True).start()
