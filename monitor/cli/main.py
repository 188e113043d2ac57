"""``smearwatch``: gathers the commands, and shows an error as one line."""

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from config import SmearwatchError
from config.logs import show_last_line
from monitor.cli import (
    assess,
    benchmark,
    bundle,
    cells,
    count,
    demo,
    doctor,
    evaluate,
    export,
    labels,
    life,
    own_models,
    prune,
    queries,
    report,
    retrain,
    review,
    segment,
    site,
    slide_map,
    store,
    threshold,
    train,
)
from monitor.cli.options import debugging

app = typer.Typer(
    name="smearwatch",
    help="Counts red blood cells on stained smears and flags those that do not look healthy. "
    "Not a medical device.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
PARTS = (
    count,
    demo,
    life,
    prune,
    queries,
    export,
    cells,
    review,
    labels,
    retrain,
    own_models,
    slide_map,
    report,
    bundle,
    segment,
    store,
    train,
    evaluate,
    threshold,
    site,
    assess,
    benchmark,
    doctor,
)
for part in PARTS:
    part.register(app)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(version("smearwatch"))
        raise typer.Exit


@app.callback()
def root(
    _debug: Annotated[bool, typer.Option("--debug", help="Show where an error arose.")] = False,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Take the options that stand before the command."""


def main() -> None:
    """Run the command line; every error that we know ends as one line and an exit code."""
    try:
        app()
    except SmearwatchError as error:
        show_last_line(f"smearwatch: {error}", debugging())
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        show_last_line("smearwatch: interrupted", debugging())
        sys.exit(130)
