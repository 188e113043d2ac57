"""Reviews as a CSV table, so that programs can review without pages."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from config import UsageError
from monitor.store import Review, ReviewError, Store, UnknownCellError, add_reviews
from monitor.store.clock import now_iso

COLUMNS = ("field", "cell", "reviewer", "judgement", "stage", "comment", "at")
NEEDED = ("field", "cell", "judgement")
MOST_SAID = 5
LARGEST_BYTES = 64 * 2**20
LONGEST_NUMBER = 9


class ReviewTableError(UsageError):
    """A table of reviews is not as it must be; nothing of it was written."""


def import_reviews(
    store: Store, slide_id: str, path: Path, reviewer: str | None
) -> tuple[int, int]:
    """Write all reviews of a CSV file, or none.

    Parameters
    ----------
    store, slide_id
        The slide.
    path
        The file; its first line names the columns: ``field``, ``cell`` and ``judgement`` are
        needed, ``reviewer``, ``stage``, ``comment`` and ``at`` may be there.
    reviewer
        Who judged, in rows that do not say so.

    Returns
    -------
    How many rows there were, and how many said something new.

    Raises
    ------
    ReviewTableError
        A row is not as it must be, or of a cell that was not counted: lines are named.
    SlideNotFound
        There is no such slide.
    """
    rows = list(_rows(path))
    reviews, wrong = [], []
    for line, row in rows:
        try:
            reviews.append(_review(row, reviewer))
        except ReviewError as error:
            wrong.append(f"line {line}: {error}")
    if wrong:
        raise ReviewTableError(f"{path} was not imported: {_first(wrong)}")
    try:
        return len(reviews), add_reviews(store, slide_id, reviews)
    except UnknownCellError as error:
        where = f"line {rows[error.place][0]}: {error}"
        raise ReviewTableError(f"{path} was not imported: {where}") from error


def write_reviews(reviews: Iterable[Review], stream: IO[bytes]) -> None:
    """Write reviews as a table that :func:`import_reviews` reads."""
    text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for review in reviews:
        writer.writerow([getattr(review, column) for column in COLUMNS])
    text.detach()


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Give each row that is not empty, with the number of its last line."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ReviewTableError(f"{path} is larger than {LARGEST_BYTES >> 20} MiB: split it")
        with path.open(newline="", encoding="utf-8-sig") as file:
            table = csv.DictReader(file, strict=True)
            _check_columns(path, table.fieldnames)
            for row in table:
                if None in row or None in row.values():
                    raise ReviewTableError(
                        f"{path} was not imported: line {table.line_num}: has not as many values "
                        "as there are columns"
                    )
                yield table.line_num, row
    except OSError as error:
        raise ReviewTableError(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ReviewTableError(f"{path} is no CSV table in UTF-8: {error}") from error


def _check_columns(path: Path, names: Sequence[str] | None) -> None:
    known = names or ()
    missing = [name for name in NEEDED if name not in known]
    unknown = [name for name in known if name not in COLUMNS]
    if missing or unknown or len(set(known)) < len(known):
        raise ReviewTableError(
            f"{path}: its first line must name the columns {', '.join(NEEDED)}, and may name "
            f"{', '.join(name for name in COLUMNS if name not in NEEDED)}, each once; "
            f"it names {', '.join(known)[:200] or 'none'}"
        )


def _review(row: dict[str, str], reviewer: str | None) -> Review:
    name = row.get("reviewer") or reviewer
    if name is None:
        raise ReviewError("no reviewer: add the column or give --reviewer NAME")
    said: dict[str, Any] = {
        "field": _number(row, "field"),
        "cell": _number(row, "cell"),
        "reviewer": name,
        "judgement": row["judgement"],
        "stage": row.get("stage") or None,
        "comment": row.get("comment") or "",
        "at": row.get("at") or now_iso(),
    }
    # Review says itself what is wrong with a value, and in better words than a decoder.
    return Review(**said)


def _number(row: dict[str, str], column: str) -> int:
    text = row[column].strip()
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise ReviewError(f"{column} {text[:40]!r} is no number of 0 or more")
    return int(text)


def _first(wrong: Sequence[str]) -> str:
    more = f"; and {len(wrong) - MOST_SAID:,} lines more" if len(wrong) > MOST_SAID else ""
    return "; ".join(wrong[:MOST_SAID]) + more
