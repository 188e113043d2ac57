"""``export``: the cells of a slide as tables, annotations or pictures."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from config import UsageError
from monitor import export as tables
from monitor.cli.options import ConfigFile, DataDir, Redis, settings_from
from monitor.cli.queries import SlideId, Threshold, check_threshold
from monitor.review.verdicts import judged_cells
from monitor.store import (
    Store,
    Summary,
    connect,
    field_cells,
    flagged_cells,
    frame_records,
    record_deed,
    standing_reviews,
)
from monitor.store import summary as summary_of
from monitor.whole_file import whole_file
from monitor.whole_folder import whole_folder

Format = Literal["csv", "json", "parquet", "coco", "geojson", "crops"]
FOLDERS = ("geojson", "crops")
PIPED = ("csv", "json")


class ExportNote(msgspec.Struct, frozen=True):
    """What an export says of itself."""

    slide: str
    format: str
    model_id: str
    threshold: float
    software_version: str
    notice: str = "not a medical device"


def export(
    slide: SlideId,
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = "csv",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File, or folder for geojson and crops."),
    ] = None,
    threshold: Threshold = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite it.")] = False,
    config: ConfigFile = None,
    data_dir: DataDir = None,
    redis: Redis = None,
) -> None:
    """Write every cell of a slide, or the crops that it keeps.

    csv, json and parquet have a row a cell; coco is one file, geojson (for QuPath) a file a field;
    crops are PNG files in a folder a label.
    """
    check_threshold(threshold)
    settings = settings_from(config, None, data_dir, redis)
    if output is None and form not in PIPED:
        kind = "folder" if form in FOLDERS else "file"
        raise UsageError(f"{form} is not written to standard output: name a {kind} with -o")
    with connect(settings.store) as store:
        counted = summary_of(store, slide, threshold)
        if output is None:
            _write_table(store, counted, form, None, force)
            return
        most = settings.store.max_flagged_cells
        if form in FOLDERS:
            _write_folder(store, counted, form, output, force, most)
        else:
            _write_table(store, counted, form, output, force)
        record_deed(store, slide, "exported", f"{form} {output.name}")


def _write_table(
    store: Store, counted: Summary, form: Format, output: Path | None, force: bool
) -> None:
    fields = _fields(store, counted)
    if output is None:
        tables.write_cells(fields, _table(form), sys.stdout.buffer)
        return
    with whole_file(output, force=force) as stream:
        if form == "coco":
            from monitor.annotations import write_coco  # noqa: PLC0415 - only where needed

            note = msgspec.to_builtins(_note(counted, form))
            write_coco(note, frame_records(store, counted.slide), fields, stream)
        else:
            tables.write_cells(fields, _table(form), stream)


def _write_folder(
    store: Store, counted: Summary, form: Format, output: Path, force: bool, most: int
) -> None:
    # Not before it is needed: OpenCV takes a moment to load.
    from monitor.annotations import write_geojson  # noqa: PLC0415
    from monitor.crop_folders import write_crops  # noqa: PLC0415

    with whole_folder(output, _note(counted, form), force=force) as folder:
        if form == "geojson":
            files = write_geojson(_fields(store, counted), folder)
            typer.echo(f"{output}: {files:,} files", err=True)
        else:
            kept = flagged_cells(store, counted.slide, most)
            judged = judged_cells(standing_reviews(store, counted.slide))
            labels = {place: cell.verdict for place, cell in judged.items()}
            written = write_crops(kept, counted.threshold, folder, labels)
            said = ", ".join(f"{count:,} {label}" for label, count in written.items())
            typer.echo(f"{output}: {said or 'no crops'}", err=True)


def _fields(store: Store, counted: Summary) -> Iterator[Iterator[tables.CellRow]]:
    slide, at = counted.slide, counted.threshold
    return (tables.cell_rows(slide, field, at) for field in field_cells(store, slide))


def _table(form: Format) -> tables.Format:
    table: tables.Format = msgspec.convert(form, tables.Format)
    return table


def _note(counted: Summary, form: Format) -> ExportNote:
    told = counted.model_id, counted.threshold, counted.software_version
    return ExportNote(counted.slide, form, *told)


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(export)
