"""``assess``: a competence sheet by slides whose truth is known."""

import re
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from monitor.cli.assess_view import print_sheet
from monitor.cli.options import ConfigFile, DataDir, Json, Redis, SetOption, settings_from
from monitor.room import refuse_too_many_workers
from monitor.store import BeginMode, check_slide_id, connect
from workers.lifetime import stop_on_signals, unwind

NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_-]+")


def assess(
    folder: Annotated[
        Path, typer.Argument(metavar="SET", help="Folder with slides.csv.", show_default=False)
    ],
    name: Annotated[
        str | None,
        typer.Option(help="Slides are counted as NAME-1, NAME-2, ...; else the folder's name."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete slides of these names and count anew.")
    ] = False,
    workers: Annotated[int | None, typer.Option("--workers", help="Scoring processes.")] = None,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Count labelled slides and print a competence sheet in WHO's terms.

    slides.csv has the columns source, label (negative or positive) and, where known,
    parasites_per_ul, or infected and cells.
    """
    settings = settings_from(config, sets, data_dir, redis, worker__count=workers)
    refuse_too_many_workers(settings.worker.count)
    # Not before it is needed: the virtual microscope takes a moment to load.
    from monitor.assess.replay import assess_set  # noqa: PLC0415
    from monitor.assess.slide_set import read_set  # noqa: PLC0415

    slides = read_set(folder, settings.decision.rbc_per_ul)
    prefix = NOT_IN_IDS.sub("-", folder.resolve().name).strip("-") if name is None else name
    prefix = prefix or "set"
    check_slide_id(f"{prefix}-{len(slides)}")
    stop = stop_on_signals(at_second=unwind)
    with connect(settings.store) as store:
        mode: BeginMode = "replace" if replace else "new"
        sheet = assess_set(store, slides, prefix, mode, settings, stop, _log)
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(sheet) + b"\n")
    else:
        print_sheet(sheet)


def _log(line: str) -> None:
    sys.stderr.write(line + "\n")


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(assess)
