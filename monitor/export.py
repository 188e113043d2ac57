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


def cell_rows(slide: str, field: FieldCells, threshold: float) -> Iterator[CellRow]:
    """Give a row a cell, flagged at ``threshold``."""
    flagged = looks_unhealthy(field.scores, threshold)
    for cell, box in enumerate(field.boxes):
        top, left, bottom, right = (int(value) for value in box)
        value = float(field.scores[cell])
        score = None if np.isnan(value) else value
        place = (top, left, bottom, right)
        yield CellRow(slide, field.number, field.name, cell, *place, score, bool(flagged[cell]))


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
            *plain, flagged = msgspec.structs.astuple(row)
            writer.writerow([*plain, "true" if flagged else "false"])
    text.detach()


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
    schema = pa.schema(kinds | {"score": pa.float32(), "flagged": pa.bool_()})
    with parquet.ParquetWriter(stream, schema) as writer:
        for rows in fields:
            table = [msgspec.structs.asdict(row) for row in rows]
            writer.write_table(pa.Table.from_pylist(table, schema))
