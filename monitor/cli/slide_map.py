"""``map``: the slide as a picture, put together from the fields that were counted."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import typer

from config import SmearwatchError
from monitor.cli.options import ConfigFile, DataDir, Json, Redis, SetOption, settings_from
from monitor.cli.queries import SlideId
from monitor.store import connect, field_cells, flagged_cells, frame_records, slide_map
from monitor.whole_file import whole_file

MOST_RINGED = 2000


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
    from monitor.gate.pose import Pose  # noqa: PLC0415
    from monitor.picture import check_output, encoded  # noqa: PLC0415
    from monitor.slide_map import draw_map  # noqa: PLC0415

    check_output(output, force)
    with connect(settings.store) as store:
        drawn = slide_map(store, slide)
        if drawn is None:
            raise NoMapError(
                f"slide {slide} has no map: its source shows separate fields, or nothing was "
                "counted yet; videos and cameras have one (gate.mode)"
            )
        records = frame_records(store, slide)
        places = {number: record.place for number, record in records.items() if record.place}
        cells = [
            (place.part, Pose.at(place).to_slide((field.boxes[:, :2] + field.boxes[:, 2:]) / 2))
            for field in field_cells(store, slide)
            if (place := places.get(field.number)) is not None
        ]
        kept = flagged_cells(store, slide, MOST_RINGED)
    flagged = [(cell.place[0], np.array([cell.place[1:]])) for cell in kept if cell.place]
    with whole_file(output, force=force) as stream:
        stream.write(encoded(draw_map(drawn, cells, flagged), output.suffix))
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(drawn.layout) + b"\n")
    else:
        parts = len(drawn.layout.tiles)
        typer.echo(f"{output}: {len(places)} fields in {parts} part{'s'[: parts != 1]}")


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("map")(draw)
