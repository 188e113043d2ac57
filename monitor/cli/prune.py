"""``prune``: deletes slides that need not be kept any longer."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from config import UsageError
from monitor.cli.options import ConfigFile, DataDir, Json, Redis, SetOption, settings_from
from monitor.store import Outlived, connect, outlived
from monitor.store import prune as delete


def prune(
    older_than_days: Annotated[
        float | None,
        typer.Option(help="Slides that ended more than so many days ago.", show_default=False),
    ] = None,
    keep_slides: Annotated[
        int | None, typer.Option("--keep", help="All but the newest N.", show_default=False)
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say which would be deleted.")
    ] = False,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Delete slides by age or number; never one that is being counted."""
    settings = settings_from(
        config,
        sets,
        data_dir,
        redis,
        retention__older_than_days=older_than_days,
        retention__keep_slides=keep_slides,
    )
    kept = settings.retention
    if kept.older_than_days is None and kept.keep_slides is None:
        raise UsageError(
            "nothing says which slides to delete: give --older-than-days, --keep or both, "
            "or the settings retention.older_than_days and retention.keep_slides"
        )
    with connect(settings.store) as store:
        found = outlived(store, kept.older_than_days, kept.keep_slides, datetime.now(UTC))
        gone = found if dry_run else delete(store, found)
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(gone) + b"\n")
    elif gone:
        Console().print(_table(gone))
    verb = "would be deleted" if dry_run else "deleted"
    typer.echo(f"{len(gone)} {'slide' if len(gone) == 1 else 'slides'} {verb}", err=json)


def _table(gone: list[Outlived]) -> Table:
    table = Table("slide", "ended", "cells", "for its")
    for one in gone:
        table.add_row(one.slide, one.ended_at, f"{one.cells:,}", one.reason)
    return table


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(prune)
