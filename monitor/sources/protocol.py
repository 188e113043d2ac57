"""What a source of frames is: the one interface between cameras, files and the rest."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from config import Settings, SmearwatchError


class SourceError(SmearwatchError):
    """A source cannot be opened or read on."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture from the source.

    Attributes
    ----------
    number
        Position in the source, from 0. Stable for repeatable sources.
    name
        What a person calls it: ``IMG_12.jpg``, ``stack.tif#3``, ``frame 120``.
    image
        (h, w, 3) uint8, RGB. Must not be written to.
    captured_at
        Unix time in seconds at which it was taken or read.
    """

    number: int
    name: str
    image: NDArray[np.uint8]
    captured_at: float


@dataclass(frozen=True, slots=True)
class UnreadableFrame:
    """A frame that the source has but cannot give; counted as failed, and named.

    Attributes
    ----------
    number, name
        As in :class:`Frame`.
    problem
        Why, in words fit for a log line.
    """

    number: int
    name: str
    problem: str


class Source(Protocol):
    """Something that gives frames. Opened by its class, closed by whoever opened it.

    One that also tells what happens to it is a :class:`~monitor.sources.notices.TellsNotices`.

    Attributes
    ----------
    uri
        As the user gave it, without passwords.
    kind
        ``images``, ``video``, ``camera``, ``stream``, ``micromanager``, ``genicam``,
        ``watch`` or ``simulated``.
    live
        True: frames come in their own time and may be skipped. False: the source waits.
    simulated
        True: what it shows is not a real slide.
    repeats
        True: neighbouring frames may show the same cells (a video, a camera).
    names
        The name of every frame in order where they are known beforehand
        (files), else None. A source with names gives each frame the same number again.
    total
        How many frames there will be, where known, else None. After :attr:`exhausted` it
        is how many there were.
    exhausted
        Whether :meth:`frames`, having ended, has left nothing that there was to give. A
        camera has no end of its own: it never leaves anything.
    """

    uri: str
    kind: str
    live: bool
    simulated: bool
    repeats: bool
    names: Sequence[str] | None
    total: int | None
    exhausted: bool

    @classmethod
    def match(cls, uri: str) -> bool:
        """Say whether this kind of source opens ``uri``."""

    @classmethod
    def open(cls, uri: str, settings: Settings) -> Self:
        """Open ``uri``.

        Raises
        ------
        SourceError
            The thing does not exist, cannot be read or holds no frame.
        """

    def frames(self, done: Container[int] = ()) -> Iterator[Frame | UnreadableFrame]:
        """Give the frames in order, passing over the numbers in ``done`` without reading them.

        Ends when the source ends or after :meth:`stop`.
        """

    def stop(self) -> None:
        """Make :meth:`frames` end soon; safe from any thread."""

    def close(self) -> None:
        """Let go of files and devices. May be called twice."""


@runtime_checkable
class KnowsByName(Protocol):
    """A source whose frames have no fixed numbers, so that it is told those counted by name."""

    def already_taken(self, names: Iterable[str]) -> None:
        """Take ``names`` as given before; called before :meth:`Source.frames`."""
