"""The virtual microscope as a source of frames."""

import time
from collections.abc import Container, Iterator, Sequence
from itertools import islice
from threading import Event
from typing import Self

from config import Settings
from monitor.sources.protocol import Frame
from monitor.sources.simulated.motion import Pose, poses
from monitor.sources.simulated.options import SCHEME, MicroscopeOptions, options_from_uri
from monitor.sources.simulated.smear import VirtualSmear
from monitor.sources.simulated.truth import FieldTruth


class SimulatedSource:
    """Frames of a :class:`VirtualSmear`; attributes as of the ``Source`` protocol.

    A live one gives no frame before its time and numbers the frames one by one. When the
    reader is slow, the following frames are late rather than left out: what to skip is for
    the reader, who counts it.
    """

    def __init__(self, uri: str, options: MicroscopeOptions) -> None:
        fields = options.motion == "fields"
        self.uri = uri
        self.kind = "simulated"
        self.live = options.live
        self.simulated = True
        self.repeats = not fields
        self.total = options.fields if fields else options.frames
        self.names: Sequence[str] | None = (
            tuple(f"field {number + 1}" for number in range(options.fields)) if fields else None
        )
        self._ends_at_will = self.live or self.total is None
        self.exhausted = self._ends_at_will
        self._options = options
        self._smear = VirtualSmear(options.seed, options)
        self._stopped = Event()

    @classmethod
    def match(cls, uri: str) -> bool:
        """Say whether ``uri`` asks for the virtual microscope."""
        return uri.startswith(SCHEME)

    @classmethod
    def open(cls, uri: str, settings: Settings) -> Self:  # noqa: ARG003
        """Open ``simulated:?key=value&...``; the keys are those of ``MicroscopeOptions``.

        Raises
        ------
        SourceError
            A key is unknown or a value does not fit.
        """
        return cls(uri, options_from_uri(uri))

    def frames(self, done: Container[int] = ()) -> Iterator[Frame]:
        """Give the frames in order, without painting those in ``done``; ends after ``stop``."""
        self.exhausted = self._ends_at_will
        due = time.monotonic()
        for number, pose in enumerate(islice(poses(self._options), self.total)):
            if number in done:
                continue
            if self._stopped.is_set():
                return
            frame = self._frame(number, pose)
            if self.live:
                if self._stopped.wait(max(0.0, due - time.monotonic())):
                    return
                due = max(due, time.monotonic()) + 1 / self._options.fps
            yield frame
        self.exhausted = True

    def truth(self, number: int) -> FieldTruth:
        """Tell what frame ``number`` shows.

        Raises
        ------
        IndexError
            The source has no such frame.
        """
        if number < 0 or (self.total is not None and number >= self.total):
            raise IndexError(f"{self.uri} has no frame {number}")
        pose = next(islice(poses(self._options), number, None))
        return self._smear.truth(pose.position)

    def stop(self) -> None:
        """Make :meth:`frames` end at once, also while it waits for a frame's time."""
        self._stopped.set()

    def close(self) -> None:
        """Stop; there is nothing to let go of."""
        self.stop()

    def _frame(self, number: int, pose: Pose) -> Frame:
        image = self._smear.image(pose.position, self._options.blur, pose.motion, exposure=number)
        image.flags.writeable = False
        name = self.names[number] if self.names else f"frame {number}"
        return Frame(number, name, image, time.time())
