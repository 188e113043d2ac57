"""A log as JSON, one object a line, for what collects logs from many boxes."""

import json
import logging
import os
import time
from collections.abc import Callable
from typing import Any

from config.redact import redacted


class JsonFormatter(logging.Formatter):
    """Writes a record as one JSON object: time, level, process, pid, logger, text, traceback.

    Parameters
    ----------
    process
        What this process is: ``capture``, ``worker``, ``run``.
    """

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """Give the record's line; passwords are hidden, all but ASCII is escaped."""
        told = _object(record.created, record.levelname, self._process, record.name)
        told["pid"] = os.getpid()
        told["text"] = redacted(record.getMessage())
        if record.exc_info:
            told["traceback"] = redacted(self.formatException(record.exc_info))
        return json.dumps(told)


def line_of_child(process: str) -> Callable[[str], str]:
    """Give what makes a JSON line of each line that a child writes.

    Its own JSON lines stay objects and are not put into another one; what else it writes, such
    as a library's words or a traceback of Python itself, becomes the text of one.

    Parameters
    ----------
    process
        The child's name.
    """

    def line(text: str) -> str:
        told = _own(text)
        if told is None:
            told = _object(time.time(), "INFO", process, "stderr") | {"text": redacted(text)}
        else:
            told["process"] = process
        return json.dumps(told)

    return line


def _own(text: str) -> dict[str, Any] | None:
    """Give what a line of :class:`JsonFormatter` tells; None: it is none."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not {"time", "level", "process", "text"} <= told.keys():
        return None
    # Already hidden where it is our own; whoever else writes such lines may have hidden nothing.
    return {redacted(key): _hidden(value) for key, value in told.items()}


def _hidden(value: Any) -> str | int:
    if isinstance(value, int):
        return value
    return redacted(value if isinstance(value, str) else json.dumps(value))


def _object(created_s: float, level: str, process: str, logger: str) -> dict[str, Any]:
    now = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(created_s))
    return {
        "time": f"{now}.{int(created_s % 1 * 1000):03d}Z",
        "level": level.lower(),
        "process": process,
        "logger": logger,
    }
