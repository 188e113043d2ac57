"""What a source has to tell of itself, apart from its frames."""

import logging
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

logger = logging.getLogger(__name__)

NoticeKind = Literal[
    "camera_lost",
    "setting_refused",
    "resolution_changed",
    "black_frames",
    "unreadable_frames",
    "folder_lost",
    "written_anew",
]

MOST_KEPT = 200
"""Notices kept until somebody takes them; the oldest go first, and all are in the log."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that has begun, or is over.

    Attributes
    ----------
    kind
        What it is.
    about
        Which of several of a kind: the setting that was refused; empty where there is only one.
    text
        In words, with the source's name.
    cleared
        True: it is over.
    """

    kind: NoticeKind
    about: str
    text: str
    cleared: bool


@runtime_checkable
class TellsNotices(Protocol):
    """A source that tells what happens to it."""

    def take_notices(self) -> list[Notice]:
        """Give what was not given before, oldest first; safe from any thread."""


class Notices:
    """Keeps what is told until it is taken; the same thing is told once until it is over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Notice] = deque(maxlen=MOST_KEPT)
        self._open: dict[tuple[NoticeKind, str], str] = {}

    def tell(self, kind: NoticeKind, text: str, about: str = "") -> None:
        """Tell that something has begun, or goes on in another way."""
        with self._lock:
            if self._open.get((kind, about)) == text:
                return
            self._open[kind, about] = text
            self._waiting.append(Notice(kind, about, text, cleared=False))
        logger.warning("%s", text)

    def clear(self, kind: NoticeKind, text: str, about: str = "") -> None:
        """Tell that something is over; nothing where it had not begun."""
        with self._lock:
            if self._open.pop((kind, about), None) is None:
                return
            self._waiting.append(Notice(kind, about, text, cleared=True))
        logger.info("%s", text)

    def tell_refused(self, refused: Mapping[str, str], uri: str) -> None:
        """Tell which settings are refused now, by name; those told before and not now are over."""
        for name, text in refused.items():
            self.tell("setting_refused", text, name)
        with self._lock:
            before = [about for kind, about in self._open if kind == "setting_refused"]
        for name in before:
            if name not in refused:
                self.clear("setting_refused", f"{uri} takes source.{name} now", name)

    def take(self) -> list[Notice]:
        """Give what was not given before, oldest first."""
        with self._lock:
            taken = list(self._waiting)
            self._waiting.clear()
        return taken
