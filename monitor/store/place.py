"""Where the embedded server keeps its data, log, lock and socket."""

import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

import platformdirs

from config.settings import StoreSettings
from monitor.socket_paths import SHORT_ROOT, fits
from monitor.store.errors import StoreError


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of one embedded server."""

    folder: Path

    @classmethod
    def of(cls, settings: StoreSettings) -> Self:
        """Give the folder that the settings name, or the user's own."""
        default = Path(platformdirs.user_data_dir("smearwatch")) / "store"
        return cls((settings.data_dir or default).expanduser().absolute())

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.folder / "store.log"

    @property
    def pid_file(self) -> Path:
        """The server's process id."""
        return self.folder / "store.pid"

    @property
    def socket(self) -> Path:
        """Where the server listens: in the folder, or nearby where that path is too long."""
        inside = self.folder / "store.sock"
        if fits(inside):
            return inside
        digest = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return SHORT_ROOT / f"smearwatch-{os.getuid()}" / f"{digest}.sock"

    @property
    def url(self) -> str:
        """The server's URL."""
        return f"unix://{quote(str(self.socket))}"

    def create(self) -> None:
        """Make the folders, for this user alone.

        Raises
        ------
        StoreError
            A folder cannot be made, or belongs to someone else.
        """
        for folder in (self.folder, self.socket.parent):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                about = folder.stat()
            except OSError as error:
                raise StoreError(
                    f"the store's folder {folder} cannot be made: {error.strerror}; "
                    "name another with --data-dir"
                ) from error
            if about.st_uid != os.getuid():
                raise StoreError(
                    f"the store's folder {folder} belongs to another user: "
                    "name one of your own with --data-dir"
                )
            if about.st_mode & stat.S_IWOTH:
                raise StoreError(
                    f"the store's folder {folder} can be written by every user, who could put a "
                    f"server of theirs there: chmod o-w {folder}, or name another with --data-dir"
                )

    @contextmanager
    def lock(self) -> Iterator[int | None]:
        """Take the lock that a server holds for as long as it lives.

        Yields
        ------
        int or None
            A file descriptor that holds the lock, which a server started with it inherits;
            None where a server holds it.
        """
        try:
            descriptor = os.open(self.folder / "store.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(
                f"the store's folder {self.folder} cannot be used: {error.strerror}; "
                "name another with --data-dir"
            ) from error
        try:
            yield descriptor if _locked(descriptor) else None
        finally:
            os.close(descriptor)

    @property
    def alive(self) -> bool:
        """Whether a server lives here, ready or not."""
        if not (self.folder / "store.lock").exists():
            return False
        with self.lock() as held:
            return held is None


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
