"""A folder into which an acquisition program writes pictures."""

import logging
import re
import threading
import time
from collections.abc import Container, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import ClassVar, Self

from config import Settings
from config.settings import SourceSettings
from monitor.sources.images import as_frame, list_pictures
from monitor.sources.notices import Notice, Notices
from monitor.sources.paths import after_scheme, as_path, is_folder, missing, scheme_of, shown
from monitor.sources.pictures import PictureError, PictureFile, read_pictures
from monitor.sources.protocol import Frame, SourceError, UnreadableFrame
from monitor.sources.settling import SettlingFiles

logger = logging.getLogger(__name__)

LOOKS_PER_SETTLING = 4

_HALF_WRITTEN = re.compile(r"^~|\.(tmp|temp|part|partial)\.[^.]+$", re.IGNORECASE)


class WatchSource:
    """The pictures of a folder as they are written, each once, as soon as it is complete.

    A file is complete when its size and time have not changed for ``source.watch_settle_s``
    and it is a whole picture. One that is none is waited for longer, ten times as long, before
    it is given as unreadable. What is named as half-written (``~a.png``, ``a.part.png``,
    ``a.png.tmp``) or hidden is left until it is renamed.

    Files wait on the disk, so nothing is skipped when the rest is slower. Of those that are
    ready, the first in natural order is next.

    Parameters
    ----------
    uri
        As the user gave it.
    folder
        The folder.
    settings
        When a file is complete and when to end.
    """

    forms: ClassVar[tuple[str, ...]] = ("watch:FOLDER",)
    kind = "watch"
    live = False
    simulated = False
    repeats = False
    names = None
    total = None

    def __init__(self, uri: str, folder: Path, settings: SourceSettings) -> None:
        self.uri = uri
        self._folder = folder
        self._settle_s = settings.watch_settle_s
        self._idle_s = settings.watch_idle_s
        self._taken: set[str] = set()
        self._given_now: set[Path] = set()
        self._notices = Notices()
        self.exhausted = False
        self._stop = threading.Event()

    @classmethod
    def match(cls, uri: str) -> bool:
        """Say whether ``uri`` is ``watch:...``."""
        return scheme_of(uri) == "watch"

    @classmethod
    def open(cls, uri: str, settings: Settings) -> Self:
        """Check that the folder is there; it may be empty.

        Raises
        ------
        SourceError
            It does not exist, is no folder or cannot be read.
        """
        name = after_scheme(uri)
        if not is_folder(name):
            reason = f"{uri}: watch: takes a folder, and {name} is a file"
            raise SourceError(reason) if as_path(name).is_file() else missing(name)
        list_pictures(as_path(name))
        return cls(uri, as_path(name), settings.source)

    def already_taken(self, names: Iterable[str]) -> None:
        """Leave out frames given in an earlier run, by their names; call before :meth:`frames`."""
        self._taken.update(names)

    def frames(self, done: Container[int] = ()) -> Iterator[Frame | UnreadableFrame]:
        """Give frames until :meth:`stop`, or ``source.watch_idle_s`` passed without a change.

        They take the numbers that are not in ``done``, in the order in which they are given:
        a number alone does not say which file was meant; see :meth:`already_taken`.
        """
        numbers = (number for number in count() if number not in done)
        files = SettlingFiles(self._settle_s)
        while not self._stop.is_set():
            listed = self._listed()
            if listed is None:
                self.exhausted = False
                files.begin_anew(time.monotonic())
                self._stop.wait(self._settle_s)
                continue
            ready = files.look(listed, time.monotonic())
            self.exhausted = not ready and not files.waiting
            for path in ready:
                yield from self._take(path, files, numbers)
            if not ready and self._idle_too_long(files):
                return
            if not ready:
                self._stop.wait(self._settle_s / LOOKS_PER_SETTLING)

    def stop(self) -> None:
        """Make :meth:`frames` end before the next frame, at once where it waits for a file."""
        self._stop.set()

    def take_notices(self) -> list[Notice]:
        """Give what was not given before, oldest first; safe from any thread."""
        return self._notices.take()

    def close(self) -> None:
        """Do nothing: files are open only while they are read."""

    def _take(
        self, path: Path, files: SettlingFiles, numbers: Iterator[int]
    ) -> Iterator[Frame | UnreadableFrame]:
        file = PictureFile.look_at(path)
        fresh = self._fresh(file)
        if not fresh:
            self._tell_written_anew(path)
            return
        pictures = read_pictures(path, [page for page, _ in fresh])
        for (_, name), picture in zip(fresh, pictures, strict=True):
            if self._stop.is_set() or not files.unchanged(path):
                return
            if isinstance(picture, PictureError) and files.put_back(path):
                logger.info("%s %s; waiting for the rest", path, picture)
                return
            self._taken.add(name)
            self._given_now.add(path)
            yield as_frame(next(numbers), name, picture)

    def _fresh(self, file: PictureFile) -> list[tuple[int, str]]:
        pages = zip(file.pages, file.names, strict=True)
        fresh = [(page, name) for page, name in pages if name not in self._taken]
        # A stack that held one page when it was taken was called by the file's name alone.
        grown = shown(file.path.name) in self._taken
        return fresh[1:] if grown and len(fresh) == len(file.pages) > 1 else fresh

    def _tell_written_anew(self, path: Path) -> None:
        logger.info("%s holds nothing that was not given before", path)
        if path in self._given_now:
            text = (
                f"{path} was written anew after it was counted, and is left out: let the program "
                "give each picture a name of its own"
            )
            self._notices.tell("written_anew", text, path.name)

    def _listed(self) -> list[Path] | None:
        """Give the pictures that are there; None while the folder cannot be reached."""
        try:
            listed = list_pictures(self._folder)
        except SourceError as error:
            self._notices.tell("folder_lost", f"{error}; looking again until it is back")
            return None
        self._notices.clear("folder_lost", f"{self.uri} is back")
        return [path for path in listed if not _HALF_WRITTEN.search(path.name)]

    def _idle_too_long(self, files: SettlingFiles) -> bool:
        if self._idle_s is None or files.waiting:
            return False
        return files.quiet_s(time.monotonic()) >= self._idle_s
