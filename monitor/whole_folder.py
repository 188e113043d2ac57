"""Folders that appear once they are whole, or not at all."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from config import UsageError

NOTE = "export.json"
"""In every folder that we have written, so that none of another kind is ever replaced."""

LONGEST_NAME = 80


def safe_name(name: str) -> str:
    """Make a file name of any text: letters, digits, ``.``, ``_`` and ``-``, at most 80."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name).strip("._")[-LONGEST_NAME:]


@contextmanager
def whole_folder(path: Path, note: object, *, force: bool) -> Iterator[Path]:
    """Give a new folder to write to, which is called ``path`` once it is whole.

    Parameters
    ----------
    path
        Its name.
    note
        What is written into it as ``export.json``.
    force
        Replace a folder that holds an ``export.json``.

    Raises
    ------
    UsageError
        ``path`` exists and may not be replaced, or it cannot be written.
    """
    _refuse(path, force)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    former = path.with_name(f".{path.name}.{os.getpid()}.old")
    try:
        partial.mkdir()
        (partial / NOTE).write_bytes(msgspec.json.encode(note) + b"\n")
        yield partial
        if path.exists():
            path.replace(former)
        partial.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(former, ignore_errors=True)


def _refuse(path: Path, force: bool) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        raise UsageError(f"{path} is a file: name a folder")
    if not force:
        raise UsageError(f"{path} exists: overwrite it with --force or name another folder")
    if not (path / NOTE).is_file():
        raise UsageError(
            f"{path} is no folder that smearwatch export has written ({NOTE} is not in it), "
            "so --force does not replace it: name another folder"
        )
