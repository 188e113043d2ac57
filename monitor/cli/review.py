"""``review``: what people say of a slide's cells, and how far they have come."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from config import Settings, UsageError
from monitor.cli.options import ConfigFile, DataDir, Json, Redis, SetOption, settings_from
from monitor.cli.queries import SlideId, Threshold
from monitor.cli.review_view import review_table
from monitor.review.state import review_state
from monitor.review.table import import_reviews, write_reviews
from monitor.store import Store, connect, record_deed, standing_reviews, undo_reviews
from monitor.whole_file import whole_file

STANDARD_OUTPUT = Path("-")


def review(
    slide: SlideId,
    read_from: Annotated[
        Path | None,
        typer.Option("--import", metavar="FILE", help="CSV of reviews to write, all or none."),
    ] = None,
    write_to: Annotated[
        Path | None,
        typer.Option(
            "--export", metavar="FILE", help="CSV to write those that stand to; -: print."
        ),
    ] = None,
    undo: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Take back the reviewer's last N.")
    ] = None,
    reviewer: Annotated[
        str | None, typer.Option(help="Whose reviews: of --undo, and of rows without a name.")
    ] = None,
    threshold: Threshold = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the exported file.")] = False,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Show how far the review of a slide has come, how reviewers agree, and what they found."""
    asked = [name for name, given in _steps(read_from, write_to, undo).items() if given]
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked)}: give one of them at a time")
    if undo is not None and reviewer is None:
        raise UsageError("--undo takes back the reviews of one person: give --reviewer NAME")
    settings = settings_from(config, sets, data_dir, redis)
    with connect(settings.store) as store:
        if write_to is not None:
            _export(store, slide, write_to, force)
            return
        if read_from is not None:
            rows, new = import_reviews(store, slide, read_from, reviewer)
            typer.echo(f"{rows:,} reviews read, {new:,} of them new", err=True)
            record_deed(store, slide, "reviewed", f"{new:,} reviews from a table", reviewer)
        if undo is not None and reviewer is not None:
            undone = undo_reviews(store, slide, reviewer, undo)
            typer.echo(f"{undone:,} reviews of {reviewer} taken back", err=True)
            record_deed(store, slide, "reviewed", f"{undone:,} taken back", reviewer)
        _show(store, slide, threshold, settings, json)


def _steps(read_from: Path | None, write_to: Path | None, undo: int | None) -> dict[str, bool]:
    return {
        "--import": read_from is not None,
        "--export": write_to is not None,
        "--undo": undo is not None,
    }


def _export(store: Store, slide: str, path: Path, force: bool) -> None:
    reviews = standing_reviews(store, slide)
    if path == STANDARD_OUTPUT:
        write_reviews(reviews, sys.stdout.buffer)
        return
    with whole_file(path, force=force) as stream:
        write_reviews(reviews, stream)


def _show(
    store: Store, slide: str, threshold: float | None, settings: Settings, json: bool
) -> None:
    state = review_state(store, slide, settings.decision.confidence, threshold)
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(state) + b"\n")
    else:
        Console().print(review_table(state))


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(review)
