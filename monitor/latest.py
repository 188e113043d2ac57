"""Drains a live source: a reader thread always reads, the newest frame wins."""

import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from monitor.sources import Frame, Source, UnreadableFrame

AnyFrame = Frame | UnreadableFrame
Told = Callable[[AnyFrame], None]


class LatestFrames:
    """The frames of a live source, each as new as can be had.

    Parameters
    ----------
    source
        A live source.
    arrived
        Called in the reader's thread for every frame as it arrives.
    passed
        Called for every frame that nobody took: in the reader's thread where a newer one
        replaced it, at the end for the last one.
    """

    def __init__(self, source: Source, arrived: Told, passed: Told) -> None:
        self._source = source
        self._arrived = arrived
        self._passed = passed
        self._changed = threading.Condition()
        self._newest: AnyFrame | None = None
        self._ended = False
        self._problem: Exception | None = None
        self._thread = threading.Thread(target=self._read, name="reader")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._source.stop()
        self._thread.join()
        left = self._take()
        if left is not None:
            self._passed(left)

    def __iter__(self) -> Iterator[AnyFrame]:
        """Give the newest frame, wait for a newer one, and so on until the source ends."""
        while (frame := self._take()) is not None:
            yield frame
        if self._problem is not None:
            raise self._problem

    def _take(self) -> AnyFrame | None:
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._ended)
            frame, self._newest = self._newest, None
            return frame

    def _read(self) -> None:
        try:
            for frame in self._source.frames():
                self._arrived(frame)
                self._offer(frame)
        except Exception as error:  # raised again where the frames are taken
            self._problem = error
        with self._changed:
            self._ended = True
            self._changed.notify()

    def _offer(self, frame: AnyFrame) -> None:
        with self._changed:
            replaced, self._newest = self._newest, frame
            self._changed.notify()
        if replaced is not None:
            self._passed(replaced)
