"""``evaluate``: how well models tell infected cells from healthy ones, on labelled sets."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer
from rich.console import Console

from monitor.cli.evaluate_view import evaluation_view
from monitor.cli.options import ConfigFile, Json, SetOption, settings_from
from monitor.cli.train import data_folder


def evaluate_models(
    data: Annotated[
        Path | None,
        typer.Option(
            help="A labelled set, or a folder of sets; without it, SMEARWATCH_DATA.",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            help="Shipped model or folder of an artefact; may be repeated. "
            "Without it, the model of the settings.",
            show_default=False,
        ),
    ] = None,
    part: Annotated[
        Literal["auto", "held-out", "all"],
        typer.Option(help="auto: of sets that the model was trained on the held-out part."),
    ] = "auto",
    grey: Annotated[bool, typer.Option("--grey", help="Take the colour from the cells.")] = False,
    plots: Annotated[
        Path | None, typer.Option(help="Folder for pictures (PNG).", show_default=False)
    ] = None,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
) -> None:
    """Measure models on labelled cells: single cells, or fields that are segmented first.

    --json prints one flat object for one set and one model, a list of them for several.
    """
    # Not before it is needed: torch takes seconds to load.
    from workers.evaluation import run  # noqa: PLC0415

    settings = settings_from(config, sets)
    request = run.Request(data_folder(data), tuple(model or ()), part, grey, plots)
    results = run.evaluate_models(request, settings)
    if json:
        flat = [result.flat() for result in results]
        sys.stdout.buffer.write(msgspec.json.encode(flat if len(flat) > 1 else flat[0]) + b"\n")
    else:
        Console().print(*(evaluation_view(result) for result in results))


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("evaluate")(evaluate_models)
