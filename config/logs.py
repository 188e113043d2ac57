"""How a process logs: one line an event, to standard error."""

import logging
import sys
from typing import Any

from config.printable import printable
from config.redact import redacted

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class PlainFormatter(logging.Formatter):
    """Keeps what came from outside on its line, and passwords out of it."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Give the record's line."""
        record.message = printable(redacted(record.message))
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """Give a traceback."""
        return redacted(super().formatException(ei))


def configure_logging(level: str) -> None:
    """Log to standard error from ``level`` (``debug``, ``info``, ``warning``, ``error``) on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter(FORMAT, "%H:%M:%S"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
