"""Writes every cell of a slide, a row each, as CSV, JSON or Parquet."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Literal

import msgspec
import numpy as np

from config import SmearwatchError
from monitor.store import FieldCells, looks_unhealthy

Format = Literal["csv", "json", "parquet"]
UNKNOWN = (None,) * 4
FORMULA_SIGNS = ("=", "+", "-", "@")


class CellRow(msgspec.Struct, frozen=True):
    """One cell.

    Attributes
    ----------
    slide
        Id of the slide.
    field, name
        Number and name of the frame.
    cell
        Its place among the cells of the field, from 0.
    top, left, bottom, right
        Its box, half-open, in pixels of the frame.
    score
        Anomaly score; None: the cell could not be scored.
    flagged
        Whether it looks unhealthy.
    worst_top, worst_left, worst_bottom, worst_right
        The region that looks worst, half-open, in pixels of the cell's 64 x 64 crop; None: the
        cell is not flagged, or the slide does not keep that.
    """

    slide: str
    field: int
    name: str
    cell: int
    top: int
    left: int
    bottom: int
    right: int
    score: float | None
    flagged: bool
    worst_top: int | None
    worst_left: int | None
    worst_bottom: int | None
    worst_right: int | None


def cell_rows(slide: str, field: FieldCells, threshold: float) -> Iterator[CellRow]:
    """Give a row a cell, flagged at ``threshold``."""
    flagged = looks_unhealthy(field.scores, threshold)
    for cell, box in enumerate(field.boxes):
        top, left, bottom, right = (int(value) for value in box)
        value = float(field.scores[cell])
        score = None if np.isnan(value) else value
        place = (top, left, bottom, right)
        worst = field.worst_boxes.get(cell, UNKNOWN) if flagged[cell] else UNKNOWN
        found = (score, bool(flagged[cell]), *worst)
        yield CellRow(slide, field.number, field.name, cell, *place, *found)


def write_cells(fields: Iterable[Iterable[CellRow]], form: Format, stream: IO[bytes]) -> None:
    """Write rows, field by field, so that memory does not grow with the slide.

    Raises
    ------
    SmearwatchError
        ``parquet``, and pyarrow is not installed.
    """
    writers: dict[Format, Callable[[Iterable[Iterable[CellRow]], IO[bytes]], None]] = {
        "csv": _write_csv,
        "json": _write_json,
        "parquet": _write_parquet,
    }
    writers[form](fields, stream)


def _write_csv(fields: Iterable[Iterable[CellRow]], stream: IO[bytes]) -> None:
    text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CellRow.__struct_fields__)
    for rows in fields:
        for row in rows:
            flagged = "true" if row.flagged else "false"
            said = {"flagged": flagged, "name": no_formula(row.name)}
            writer.writerow((msgspec.structs.asdict(row) | said).values())
    text.detach()


def no_formula(text: str) -> str:
    """Give text as spreadsheets take for text: ``'`` before what they would compute.

    A file called ``=HYPERLINK(...).png`` must not become a formula in whoever opens the table.
    """
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def _write_json(fields: Iterable[Iterable[CellRow]], stream: IO[bytes]) -> None:
    separator = b"[\n"
    for rows in fields:
        for row in rows:
            stream.write(separator + msgspec.json.encode(row))
            separator = b",\n"
    stream.write(b"\n]\n" if separator == b",\n" else b"[]\n")


def _write_parquet(fields: Iterable[Iterable[CellRow]], stream: IO[bytes]) -> None:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        from pyarrow import parquet  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise SmearwatchError(
            "Parquet needs pyarrow: pip install 'smearwatch[parquet]', or use --format csv"
        ) from error
    whole = {name: pa.int32() for name in ("cell", "top", "left", "bottom", "right")}
    kinds = {"slide": pa.string(), "field": pa.int64(), "name": pa.string(), **whole}
    worst = dict.fromkeys(("worst_top", "worst_left", "worst_bottom", "worst_right"), pa.int32())
    schema = pa.schema(kinds | {"score": pa.float32(), "flagged": pa.bool_()} | worst)
    with parquet.ParquetWriter(stream, schema) as writer:
        for rows in fields:
            table = [msgspec.structs.asdict(row) for row in rows]
            writer.write_table(pa.Table.from_pylist(table, schema))
