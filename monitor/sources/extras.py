"""Imports the homes of camera libraries that are extras, only once such a camera is opened."""

import importlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from monitor.sources.protocol import SourceError

PYMMCORE = "pymmcore-plus"


def import_home(home: str, uri: str, cure: str) -> ModuleType:
    """Import the module ``home`` of this folder, which needs a library that may be absent.

    Parameters
    ----------
    home
        Name of the module: ``micromanager``, ``aravis``.
    uri
        What is to be opened, for the message.
    cure
        What to install.

    Raises
    ------
    SourceError
        The library, or what it stands on, is not there.
    """
    try:
        with _logging_kept():
            return importlib.import_module(f"monitor.sources.{home}")
    except (ImportError, ValueError) as error:  # gi says ValueError where a typelib is absent
        reason = " ".join(str(error).split())
        raise SourceError(f"{uri} cannot be opened: {reason}; {cure}") from error


@contextmanager
def _logging_kept() -> Iterator[None]:
    """Keep pymmcore-plus from opening a log file and from logging everything everywhere."""
    os.environ.setdefault("PYMM_LOG_FILE", os.devnull)  # "none" still opens one in 0.18
    root = logging.getLogger()
    level = root.level
    try:
        yield
    finally:
        root.setLevel(level)
        theirs = logging.getLogger(PYMMCORE)
        for handler in list(theirs.handlers):
            theirs.removeHandler(handler)
            handler.close()
        theirs.setLevel(logging.WARNING)
