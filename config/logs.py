"""How a process logs: one line an event, to standard error."""

import logging
import sys
import traceback
from typing import Any

from config.json_logs import JsonFormatter
from config.printable import printable
from config.redact import redacted
from config.settings import LogSettings

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


def configure_logging(settings: LogSettings, process: str) -> None:
    """Log to standard error.

    Parameters
    ----------
    settings
        From which level on, and as text or JSON.
    process
        What this process is, for JSON.
    """
    handler = logging.StreamHandler(sys.stderr)
    as_json = settings.format == "json"
    text = PlainFormatter(FORMAT, "%H:%M:%S")
    handler.setFormatter(JsonFormatter(process) if as_json else text)
    logging.basicConfig(level=settings.level.upper(), handlers=[handler], force=True)


def show_last_line(line: str, with_traceback: bool) -> None:
    """Show the one line for which a process ends: in the log where that is JSON, else plainly.

    Parameters
    ----------
    line
        What it ends for.
    with_traceback
        Whether to show where the error that is being handled arose.
    """
    if any(isinstance(handler.formatter, JsonFormatter) for handler in logging.root.handlers):
        logging.getLogger("smearwatch").critical("%s", line, exc_info=with_traceback)
        return
    if with_traceback:
        sys.stderr.write(redacted(traceback.format_exc()))
    sys.stderr.write(printable(redacted(line)) + "\n")
