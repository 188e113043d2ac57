"""Files that appear once they are whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from config import UsageError


@contextmanager
def whole_file(path: Path, *, force: bool) -> Iterator[IO[bytes]]:
    """Open ``path`` so that it appears once it is whole, or not at all.

    Raises
    ------
    UsageError
        It exists and ``force`` is not set, or it cannot be written.
    """
    if path.exists() and not force:
        raise UsageError(f"{path} exists: overwrite it with --force or name another file")
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with partial.open("wb") as stream:
            yield stream
        partial.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
