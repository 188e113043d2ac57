"""``map``: the slide as a picture, put together from the fields that were counted."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from config import SmearwatchError
from monitor.cli.options import ConfigFile, DataDir, Json, Redis, SetOption, settings_from
from monitor.cli.queries import SlideId
from monitor.store import connect
from monitor.whole_file import whole_file


class NoMapError(SmearwatchError):
    """A slide has no map."""


def draw(
    slide: SlideId,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Picture to write.", show_default=False)
    ],
    force: Annotated[bool, typer.Option("--force", help="Overwrite the picture.")] = False,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Draw the map of a slide counted from a video or camera: density, and flagged cells ringed."""
    settings = settings_from(config, sets, data_dir, redis)
    # Not before it is needed: OpenCV takes a moment to load.
    from monitor.picture import check_output, encoded  # noqa: PLC0415
    from monitor.stored_map import stored_map  # noqa: PLC0415

    check_output(output, force)
    with connect(settings.store) as store:
        found = stored_map(store, slide)
    if found is None:
        raise NoMapError(
            f"slide {slide} has no map: its source shows separate fields, or nothing was "
            "counted yet; videos and cameras have one (gate.mode)"
        )
    with whole_file(output, force=force) as stream:
        stream.write(encoded(found.picture, output.suffix))
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(found.layout) + b"\n")
    else:
        parts = len(found.layout.tiles)
        typer.echo(f"{output}: {found.fields} fields in {parts} part{'s'[: parts != 1]}")


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("map")(draw)
