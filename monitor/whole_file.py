"""Files that appear once they are whole, or not at all."""

import secrets
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
    partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
    try:
        # "x": in a folder that others write to, nobody's link to another file is followed.
        with partial.open("xb") as stream:
            yield stream
        partial.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
