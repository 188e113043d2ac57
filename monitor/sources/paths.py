"""Paths as the user gave them: told from URIs, and missed with a useful word."""

import difflib
import os
import re
import stat
from pathlib import Path

from config.printable import printable
from config.redact import without_secrets
from monitor.sources.protocol import SourceError

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # two letters at least: C: is a drive


def scheme_of(uri: str) -> str | None:
    """Give the scheme of ``uri`` in lower case, or None where it is a path."""
    found = _SCHEME.match(uri)
    return found.group(1).lower() if found else None


def after_scheme(uri: str) -> str:
    """Give what follows the first colon."""
    return uri.partition(":")[2]


def as_path(text: str) -> Path:
    """Give the path that ``text`` names, ``~`` expanded."""
    try:
        return Path(text).expanduser()
    except (RuntimeError, ValueError):  # ~ of a user that does not exist: a folder may be called so
        return Path(text)


def shown(text: str) -> str:
    r"""Give a file name or path as text that can be stored and shown on one line.

    Bytes that are no text and what would steer a terminal are written as ``\xNN``.
    """
    try:
        text = os.fsencode(text).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # no name of a file: half a character, as YAML can write it
        return printable(text)
    return printable(text)


def named_safely(uri: str) -> str:
    """Give ``uri``, which nothing opens, without a password that it may have all the same.

    It has one where the scheme is misspelt, or was left out: ``eve:s3cret@camera/live``.
    """
    return without_secrets(uri) if "//" in uri else without_secrets(f"//{uri}")[2:]


def for_opencv(path: str | Path) -> str:
    """Give a path as OpenCV may be given it: one that is no UTF-8 ends the process.

    Raises
    ------
    ValueError
        It is none.
    """
    text = str(path)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("its name is not UTF-8, so that OpenCV cannot open it") from error
    return text


def exists(text: str) -> bool:
    """Say whether ``text`` is the path of something that exists."""
    return _mode(text) is not None


def is_folder(text: str) -> bool:
    """Say whether ``text`` is the path of a folder."""
    mode = _mode(text)
    return mode is not None and stat.S_ISDIR(mode)


def is_file(text: str) -> bool:
    """Say whether ``text`` is the path of a plain file."""
    mode = _mode(text)
    return mode is not None and stat.S_ISREG(mode)


def _mode(text: str) -> int | None:
    try:
        return as_path(text).stat().st_mode if text else None
    except (OSError, ValueError):  # absent, not permitted, or no path at all
        return None


def missing(text: str) -> SourceError:
    """Make the error for a path that cannot be found, with the nearest name beside it."""
    if not text:
        return SourceError("the source is empty; give a path or a URI")
    path, text = as_path(text), named_safely(text)
    try:
        path.stat()
    except PermissionError:
        return SourceError(f"{text} cannot be reached: no permission for a folder on the way")
    except (OSError, ValueError):
        near = difflib.get_close_matches(path.name, _names_beside(path), n=1)
        hint = f"; there is {path.with_name(near[0])}" if near else "; check the path"
        return SourceError(f"{text} does not exist{hint}")
    return SourceError(f"{text} cannot be read")


def _names_beside(path: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in path.parent.iterdir())
    except (OSError, ValueError):
        return []
