"""``cells``: the flagged cells of a slide, as a list and as a picture that explains them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from config import SmearwatchError
from config.settings import ModelSettings
from monitor.cli.options import ConfigFile, DataDir, Json, Redis, SetOption, settings_from
from monitor.cli.queries import SlideId
from monitor.store import KeptCell, Summary, connect, flagged_cells, frame_names
from monitor.store import summary as summary_of
from monitor.whole_file import whole_file

if TYPE_CHECKING:
    from monitor.cell_picture import ShownCell
    from monitor.cells_shown import FlaggedRow

MOST_SHOWN = 200


class NoFlaggedCellsError(SmearwatchError):
    """A slide keeps no flagged cell that could be drawn."""


def cells(
    slide: SlideId,
    picture: Annotated[
        Path | None,
        typer.Option("--picture", "-p", help="Picture to draw them into.", show_default=False),
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=MOST_SHOWN, help="How many, at most.")] = 12,
    force: Annotated[bool, typer.Option("--force", help="Overwrite PICTURE.")] = False,
    json: Json = False,
    config: ConfigFile = None,
    sets: SetOption = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Show the flagged cells with the highest scores, and what the model sees in them."""
    settings = settings_from(config, sets, data_dir, redis)
    # Not before it is needed: OpenCV takes a moment to load.
    from monitor.cells_shown import flagged_rows  # noqa: PLC0415
    from monitor.picture import check_output  # noqa: PLC0415

    if picture is not None:
        check_output(picture, force)
    with connect(settings.store) as store:
        counted = summary_of(store, slide)
        kept, names = flagged_cells(store, slide, top), frame_names(store, slide)
    if picture is not None:
        _draw(picture, force, _shown(kept, names, counted, settings.model))
    rows = flagged_rows(kept, names)
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(rows) + b"\n")
    else:
        _print(counted, rows)


def _shown(
    kept: list[KeptCell], names: dict[int, str], counted: Summary, model: ModelSettings
) -> "list[ShownCell]":
    """Explain cells where the model at hand is the one that scored them."""
    from monitor.cells_shown import shown_explained, shown_plainly  # noqa: PLC0415
    from workers.artefact import load_card  # noqa: PLC0415

    if not kept:
        raise NoFlaggedCellsError(
            f"slide {counted.slide} has no flagged cell to draw: none of its {counted.cells:,} "
            f"cells scores {counted.threshold:g} or more; see smearwatch export {counted.slide}"
        )
    artefact = load_card(model.artefact)
    if artefact.model_id == counted.model_id:
        return shown_explained(kept, names, artefact)
    typer.echo(
        f"slide {counted.slide} was scored with {counted.model_id}, the model at hand is "
        f"{artefact.model_id}: crops and boxes only; name the other with --set model.artefact=",
        err=True,
    )
    return shown_plainly(kept, names)


def _draw(picture: Path, force: bool, shown: "list[ShownCell]") -> None:
    from monitor.cell_picture import draw_cells  # noqa: PLC0415
    from monitor.picture import encoded  # noqa: PLC0415

    with whole_file(picture, force=force) as stream:
        stream.write(encoded(draw_cells(shown), picture.suffix))


def _print(counted: Summary, rows: "list[FlaggedRow]") -> None:
    if not rows:
        typer.echo(f"No cell of slide {counted.slide} is flagged.")
        return
    title = f"{len(rows)} of {counted.flagged:,} flagged cells of slide {counted.slide}"
    mark = "SIMULATED, " if counted.simulated else ""
    table = Table(title=title, caption=f"rows, columns; {mark}not a medical device")
    for name in (
        "cell",
        "frame",
        "score",
        "in the frame",
        "worst region of the crop",
        "on the map",
    ):
        table.add_column(name, justify="right" if name == "score" else "left")
    for row in rows:
        place, worst = f"{row.field}:{row.cell}", row.worst_box
        where = "" if worst is None else _spoken(worst)
        on_map = "" if row.place is None else _placed(*row.place)
        described = f"{row.score:.4g}", _spoken(row.box), where, on_map
        table.add_row(place, Text(row.name), *described)
    Console().print(table)


def _spoken(box: tuple[int, int, int, int]) -> str:
    top, left, bottom, right = box
    return f"{top}:{bottom}, {left}:{right}"


def _placed(part: int, row: float, column: float) -> str:
    return f"part {part + 1}: {row:.0f}, {column:.0f}"


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(cells)
