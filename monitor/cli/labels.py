"""``labels export``: reviewed cells as a labelled set."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from monitor.cli.options import ConfigFile, DataDir, Json, Redis, SetOption, settings_from
from monitor.store import connect

labels_app = typer.Typer(no_args_is_help=True)

Simulated = Annotated[
    bool, typer.Option("--simulated", help="Take reviewed cells of simulated slides as well.")
]


@labels_app.callback()
def labels() -> None:
    """Reviewed cells as a labelled set."""


def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the set.")],
    simulated: Simulated = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a set.")] = False,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Write the reviewed cells of all slides as a set that evaluate and train read.

    One slide in five, by a hash of its id, is held out for testing for good.
    """
    # Not before it is needed: OpenCV and torch take a moment to load.
    from monitor.review.labelled_set import refuse_set, write_labelled_set  # noqa: PLC0415
    from monitor.review.reviewed_cells import gather  # noqa: PLC0415

    settings = settings_from(config, sets, data_dir, redis)
    refuse_set(output, overwrite)
    with connect(settings.store) as store:
        gathered = gather(store, simulated)
    written = write_labelled_set(gathered, output, overwrite)
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(written) + b"\n")
        return
    left_out = ", ".join(f"{count:,} {why}" for why, count in written.left_out.items())
    typer.echo(
        f"{output}: version {written.version}, {written.cells:,} cells of {written.slides:,} "
        f"slides ({written.held_out_slides:,} held out), {written.infected:,} infected, "
        f"{written.healthy:,} healthy; left out: {left_out or 'none'}"
    )


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    labels_app.command()(export)
    app.add_typer(labels_app, name="labels")
