"""``python -m workers`` starts a worker, here or on another machine alike."""

import argparse
import logging
import sys
from pathlib import Path

from config import SmearwatchError, load
from config.logs import configure_logging, show_last_line
from workers.lifetime import BROKE_DOWN, stop_on_signals, stop_with_parent

logger = logging.getLogger("workers")


def main() -> int:
    """Serve until SIGTERM; give the exit code."""
    options = _parser().parse_args()
    stop = stop_on_signals()
    if options.with_parent:
        stop_with_parent(stop)
    try:
        settings = load(options.config)
        configure_logging(settings.log, "worker")
        # Loads torch, which takes seconds: a mistake in the settings is shown before that.
        from workers.serve import serve  # noqa: PLC0415

        serve(options.connect or [settings.dispatch.endpoint], settings, stop)
    except SmearwatchError as error:
        show_last_line(f"smearwatch: worker: {error}", options.debug)
        return error.exit_code
    except Exception:
        # Python's own exit code would be that of a refusal, after which none is started again.
        logger.exception("worker broke down")
        return BROKE_DOWN
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    parser.add_argument("--connect", action="append", help="endpoint of a capture; may be repeated")
    parser.add_argument("--config", type=Path, help="YAML file of settings")
    parser.add_argument("--debug", action="store_true", help="show where an error arose")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input does")
    return parser


if __name__ == "__main__":
    sys.exit(main())
