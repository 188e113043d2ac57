"""``slides`` and ``summary``: what has been counted."""

import sys
from math import isfinite
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from config import UsageError
from monitor.adapted import adapted_summary
from monitor.cli.options import ConfigFile, DataDir, Json, Redis, SetOption, settings_from
from monitor.decision import Judge
from monitor.store import Summary, connect
from monitor.store import slides as all_slides
from monitor.tables import slides_table, summary_panel
from monitor.wording import adaptation
from workers.artefact import load_card

SlideId = Annotated[str, typer.Argument(metavar="ID", help="Id of the slide.", show_default=False)]
Threshold = Annotated[
    float | None,
    typer.Option(help="Flag at this score instead of the slide's own.", show_default=False),
]


def slides(
    json: Json = False, config: ConfigFile = None, data_dir: DataDir = None, redis: Redis = None
) -> None:
    """List all slides, newest first."""
    with connect(settings_from(config, None, data_dir, redis).store) as store:
        result = all_slides(store)
    if json:
        _print_json(result)
    elif result:
        Console().print(slides_table(result))
    else:
        typer.echo("No slide has been counted yet: smearwatch run SOURCE --slide ID")


def summary(
    slide: SlideId,
    threshold: Threshold = None,
    adapt: Annotated[
        bool, typer.Option("--adapt", help="Move the threshold with the slide's own stain.")
    ] = False,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Show the counts of a slide."""
    check_threshold(threshold)
    settings = settings_from(config, sets, data_dir, redis)
    found, judge = None, Judge(settings)
    with connect(settings.store) as store:
        if adapt:
            model = load_card(settings.model.artefact)
            result, found = adapted_summary(store, slide, model, threshold)
            result = judge.judged(store, result, found.given)
        else:
            result = judge.summary(store, slide, threshold)
    if json:
        _print_json(
            result if found is None else {**msgspec.to_builtins(result), "adaptation": found}
        )
        return
    print_summary(result)
    if found is not None:
        typer.echo(adaptation(found))


def print_summary(result: Summary) -> None:
    """Print a summary for a person to standard output."""
    Console().print(summary_panel(result))


def check_threshold(threshold: float | None) -> None:
    """Refuse a threshold that no score can reach.

    Raises
    ------
    UsageError
        It is not finite.
    """
    if threshold is not None and not isfinite(threshold):
        raise UsageError(f"--threshold {threshold} is not a number that a score can reach")


def _print_json(result: object) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    for command in (slides, summary):
        app.command()(command)
