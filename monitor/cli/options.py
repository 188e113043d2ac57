"""Options that several commands share, and how they become settings."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from config import Settings, UsageError, load
from config.logs import configure_logging
from config.redact import redacted

MOST_SEED = 2**31 - 1

ConfigFile = Annotated[
    Path | None, typer.Option("--config", "-c", help="YAML file of settings.", show_default=False)
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="One setting, SECTION.KEY=VALUE; may be repeated."),
]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Folder of the embedded store.", show_default=False),
]
Redis = Annotated[
    str | None,
    typer.Option("--redis", help="redis://, rediss:// or unix:// URL.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON to standard output.")]
Slide = Annotated[str | None, typer.Option("--slide", help="Id of the slide.", show_default=False)]
SlideFrom = Annotated[
    str | None,
    typer.Option(
        "--slide-from",
        metavar="LABEL",
        help="Read the id from a QR code or barcode: a picture of the label, a camera such as "
        "camera:1, or 'first': the first frames of SOURCE.",
        show_default=False,
    ),
]


def debugging() -> bool:
    """Whether the command line asks to show where an error arose."""
    return "--debug" in sys.argv


def settings_from(
    config: Path | None = None,
    sets: list[str] | None = None,
    data_dir: Path | None = None,
    redis: str | None = None,
    process: str = "smearwatch",
    **more: object,
) -> Settings:
    """Load settings and set up logging by them.

    Parameters
    ----------
    config, sets, data_dir, redis
        The shared options.
    process
        Name of this process in the log.
    more
        Options of one command, by setting with ``__`` for the dot.

    Raises
    ------
    UsageError
        A setting is unknown or does not fit.
    """
    overrides: dict[str, object] = dict(_assignment(text) for text in sets or [])
    overrides |= {key.replace("__", "."): value for key, value in more.items() if value is not None}
    if data_dir is not None:
        overrides["store.data_dir"] = data_dir
        overrides.setdefault("store.url", None)
    if redis is not None:
        overrides["store.url"] = redis
    settings = load(config, overrides)
    configure_logging(settings.log, process)
    return settings


def _assignment(text: str) -> tuple[str, str | None]:
    key, equals, value = text.partition("=")
    if not equals or "." not in key:
        raise UsageError(
            f"--set {redacted(text)!r} is not SECTION.KEY=VALUE, such as worker.count=2"
        )
    return key.strip(), None if value.strip() == "null" else value.strip()
