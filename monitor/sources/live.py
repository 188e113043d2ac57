"""A source that goes on by itself and comes back after it was lost."""

import itertools
import logging
import random
import threading
import time
from collections.abc import Callable, Container, Iterator

from config.settings import SourceSettings
from monitor.sources.device import Device
from monitor.sources.frame_watch import FrameWatch
from monitor.sources.notices import Notice, Notices
from monitor.sources.protocol import Frame, SourceError, UnreadableFrame

logger = logging.getLogger(__name__)


class LiveSource:
    """Frames of a camera or stream, connected again with a growing wait whenever it is lost.

    Parameters
    ----------
    uri
        As the user gave it, without passwords.
    connect
        Gives a device that has given a first frame, its settings asked for, or raises
        SourceError. Called at once.
    settings
        How long to wait between two tries.

    Raises
    ------
    SourceError
        The first ``connect`` did not work.
    """

    live = True
    simulated = False
    repeats = True
    names = None
    total = None
    exhausted = True

    def __init__(self, uri: str, connect: Callable[[], Device], settings: SourceSettings) -> None:
        self.uri = uri
        self._connect = connect
        self._settings = settings
        self._stop = threading.Event()
        self._notices = Notices()
        self._watch = FrameWatch(uri, self._notices)
        self._device = self._connected()

    def frames(self, done: Container[int] = ()) -> Iterator[Frame | UnreadableFrame]:
        """Give frames until :meth:`stop`, numbered on over every loss, numbers ``done`` left out.

        A device that says nothing holds this up for ``source.open_timeout_s`` at most, where
        its driver keeps to that.
        """
        numbers = (number for number in itertools.count() if number not in done)
        while not self._stop.is_set():
            if self._device.grab():
                yield self._frame(next(numbers))
            elif not self._stop.is_set():
                self._come_back()

    def take_notices(self) -> list[Notice]:
        """Give what happened to the source and was not given before; safe from any thread."""
        return self._notices.take()

    def stop(self) -> None:
        """Make :meth:`frames` end after the frame it waits for."""
        self._stop.set()

    def close(self) -> None:
        """Let go of the device."""
        self.stop()
        self._device.close()

    def _frame(self, number: int) -> Frame | UnreadableFrame:
        name = f"frame {number}"
        image = self._device.decode()
        self._watch.look(image)
        if image is None:
            return UnreadableFrame(number, name, "could not be decoded")
        return Frame(number, name, image, time.time())

    def _connected(self) -> Device:
        device = self._connect()
        self._notices.tell_refused(device.refused, self.uri)
        return device

    def _come_back(self) -> None:
        lost = f"{self.uri} gives no more frames; trying to reach it again"
        self._notices.tell("camera_lost", lost)
        self._device.close()
        for wait_s in waits(self._settings.reconnect_initial_s, self._settings.reconnect_max_s):
            if self._stop.wait(wait_s):
                return
            try:
                self._device = self._connected()
            except SourceError as error:
                logger.warning("%s; trying again", error)
            else:
                self._notices.clear("camera_lost", f"{self.uri} is back")
                return


def waits(initial_s: float, longest_s: float) -> Iterator[float]:
    """Give the waits between tries in seconds: doubled each time to a limit, then shortened.

    Each is shortened by a random share of up to a half, so that several sources lost
    together do not come back all at once.
    """
    wait_s = initial_s
    while True:
        wait_s = min(wait_s, longest_s)
        yield wait_s * random.uniform(0.5, 1)
        wait_s *= 2
