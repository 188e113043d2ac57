"""What the user wants of a slide that is being counted, and how far that has been done."""

import threading
import time
from collections.abc import Callable

from monitor.store import Activity, Event, Wanted

LONGEST_BEAT_S = 2.0
"""Longer silence than this between two heartbeats is the store's, not the slide's."""


class SlideLife:
    """One slide from its first frame to its end; safe from any thread.

    It goes on, is paused or is to be finished: as the user asks by way of the store, or by
    itself where nothing was counted for too long.

    Parameters
    ----------
    live
        Whether frames come in their own time: those that come while it is paused are not counted
        later. A source that waits loses none.
    idle_finish_s
        Seconds without a counted cell after which a live slide is finished; None: never. Time
        spent paused, without a worker or without an answer from the store is left out.
    served
        Says whether there is a worker.
    clock
        Gives seconds.
    """

    def __init__(
        self,
        live: bool,
        idle_finish_s: float | None,
        served: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._live = live
        self._idle_finish_s = idle_finish_s if live else None
        self._served = served
        self._clock = clock
        self._lock = threading.Lock()
        self._wanted: Wanted = "counting"
        self._in_flight = 0
        self._last_paused = -1
        self._idle_s = 0.0
        self._heard_s = clock()

    @property
    def paused(self) -> bool:
        """Whether no frame is to be counted now."""
        return self._wanted == "paused"

    @property
    def finished(self) -> bool:
        """Whether the slide is to end."""
        return self._wanted == "finished"

    @property
    def activity(self) -> Activity:
        """``paused`` once it is paused and no frame is in flight any more, else ``counting``."""
        with self._lock:
            return "paused" if self.paused and not self._in_flight else "counting"

    def heard(self, wanted: Wanted) -> Event | None:
        """Take what is wanted, as each heartbeat brings it; give what is to be told, if anything.

        What is to be finished goes not back.
        """
        with self._lock:
            self._grow_idle()
            if self.finished:
                return None
            self._wanted = wanted
            if self._idle_finish_s is None or self._idle_s < self._idle_finish_s:
                return None
            self._wanted = "finished"
            return Event("idle", f"nothing was counted for {self._idle_finish_s:g} s: finished")

    def finish(self) -> None:
        """Take the slide to its end, as if the user had asked for it."""
        with self._lock:
            self._wanted = "finished"

    def counted(self) -> None:
        """Take note that cells were counted."""
        self._idle_s = 0.0

    def arrived(self, number: int) -> None:
        """Take note of a frame, in the order in which the source gives them."""
        if self.paused:
            self._last_paused = number

    def admit(self, number: int) -> bool:
        """Say whether a frame is to be counted; if so, :meth:`settled` must follow."""
        with self._lock:
            if self._live and (self.paused or number <= self._last_paused):
                return False
            self._in_flight += 1
            return True

    def settled(self) -> None:
        """Take note that an admitted frame has its outcome."""
        with self._lock:
            self._in_flight -= 1

    def _grow_idle(self) -> None:
        now_s = self._clock()
        if not self.paused and self._served():
            self._idle_s += min(now_s - self._heard_s, LONGEST_BEAT_S)
        self._heard_s = now_s
