"""How a process logs: one line an event, to standard error."""

import logging
import sys

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


def configure_logging(level: str) -> None:
    """Log to standard error from ``level`` (``debug``, ``info``, ``warning``, ``error``) on."""
    logging.basicConfig(
        level=level.upper(), stream=sys.stderr, format=FORMAT, datefmt="%H:%M:%S", force=True
    )
