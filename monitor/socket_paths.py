"""Where sockets of this box are put: a path that is short enough for a socket."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workers.endpoints import LONGEST_SOCKET_PATH

SHORT_ROOT = Path("/tmp")  # noqa: S108 - what is made there is for this user alone


def fits(path: Path) -> bool:
    """Whether a socket can be made at ``path``."""
    return len(os.fsencode(path)) <= LONGEST_SOCKET_PATH


@contextmanager
def private_endpoint() -> Iterator[str]:
    """Name an endpoint that only this user can reach; its folder goes with the context.

    It lies in the folder for temporary files (``TMPDIR``), or in ``/tmp`` where that path is too
    long for a socket.
    """
    usual = Path(tempfile.gettempdir())
    root = usual if fits(usual / "smearwatch-12345678" / "capture.ipc") else SHORT_ROOT
    with tempfile.TemporaryDirectory(prefix="smearwatch-", dir=root) as folder:
        yield f"ipc://{Path(folder) / 'capture.ipc'}"
