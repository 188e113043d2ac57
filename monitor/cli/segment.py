"""``segment``: looks at one picture as the segmenter sees it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from config import UsageError
from monitor.cli.options import ConfigFile, Json, SetOption, settings_from
from monitor.whole_file import whole_file

if TYPE_CHECKING:
    from monitor.field_table import FieldTable

Image = Annotated[
    Path, typer.Argument(help="JPEG, PNG, BMP or TIFF of one field.", show_default=False)
]


def segment(
    image: Image,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Picture to draw into.", show_default=False),
    ] = None,
    page: Annotated[
        int | None, typer.Option(min=1, help="Page of a TIFF, from 1.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite OUTPUT.")] = False,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
) -> None:
    """Find the cells of one picture, draw their outlines, and say how many there are."""
    settings = settings_from(config, sets)
    # Not before it is needed: the segmenter's libraries take a second to load.
    import segmenter  # noqa: PLC0415
    from monitor.field_table import tabulate  # noqa: PLC0415
    from monitor.picture import check_output, encoded, open_picture, read_page  # noqa: PLC0415

    file = open_picture(image)
    if output is not None:
        if output.is_file() and output.samefile(image):
            raise UsageError(f"{output} is the picture itself, which is kept; name another file")
        check_output(output, force)
    if page is None and len(file.pages) > 1:
        typer.echo(f"{image} has {len(file.pages)} pages: this is page 1 (--page N)", err=True)
    frame = read_page(file, page or 1)
    found = segmenter.segment(frame, settings.segmenter, settings.quality)
    if output is not None:
        drawn = segmenter.with_legend(segmenter.draw(frame, found), found)
        with whole_file(output, force=force) as stream:
            stream.write(encoded(drawn, output.suffix))
    table = tabulate(str(image), page or 1, frame.shape, found)
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(table) + b"\n")
    else:
        typer.echo(_line(table))


def _line(table: "FieldTable") -> str:
    """Say counts and verdict in one line."""
    apart = [f"{count} {kind.replace('_', ' ')}" for kind, count in table.not_cells.items()]
    said = f"; set apart {', '.join(apart)}" if apart else ""
    quality = table.quality
    return f"{table.count} cells{said}; field {quality.verdict}, focus {quality.focus_score:.2f}"


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(segment)
