"""Reads a set of labelled slides: a folder with ``slides.csv``."""

import csv
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Literal

import msgspec

from config import UsageError
from monitor.assess.simulated_truth import simulated_share
from monitor.sources.simulated.options import SCHEME

LIST = "slides.csv"
COLUMNS = ("source", "label", "parasites_per_ul", "infected", "cells")
Label = Literal["negative", "positive"]


class SetSlide(msgspec.Struct, frozen=True):
    """A labelled slide.

    Attributes
    ----------
    source
        What to count: a path or URI.
    label
        Whether it has parasites.
    parasites_per_ul
        True density; None where it is not known.
    """

    source: str
    label: Label
    parasites_per_ul: float | None


def read_set(folder: Path, rbc_per_ul: float) -> list[SetSlide]:
    """Read the slides of a set.

    ``slides.csv`` has a header and a line a slide. Its columns: ``source``, a folder or file
    beside it or a URI; ``label``, ``negative`` or ``positive``; and where known the true density
    of a positive slide, as ``parasites_per_ul`` or as ``infected`` and ``cells``. Of a
    ``simulated:`` source the truth is known, and nothing need be said.

    Parameters
    ----------
    folder
        The set.
    rbc_per_ul
        Red cells per microlitre, to make densities of shares.

    Raises
    ------
    UsageError
        There is no such list, or a line of it makes no sense; names the line.
    """
    path = folder / LIST
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, skipinitialspace=True)
            _check_columns(reader.fieldnames or [], path)
            slides = [
                _slide(row, folder, rbc_per_ul, f"{path} line {reader.line_num}") for row in reader
            ]
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}; a set is a folder with {LIST}, columns {', '.join(COLUMNS)}"
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: not CSV in UTF-8: {error}") from error
    if not slides:
        raise UsageError(f"{path} lists no slide: write a line a slide below its header")
    return slides


def _check_columns(names: Sequence[str], path: Path) -> None:
    for name in names:
        if name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, n=1, cutoff=0)
            raise UsageError(f"{path}: unknown column {name!r}; did you mean {near[0]!r}?")
    if "source" not in names:
        raise UsageError(f"{path}: column 'source' is missing; columns are {', '.join(COLUMNS)}")


def _slide(
    row: Mapping[str | None, str | None], folder: Path, rbc_per_ul: float, where: str
) -> SetSlide:
    if None in row or None in row.values():
        raise UsageError(f"{where}: as many values are needed as there are columns")
    values = {key: (value or "").strip() for key, value in row.items() if key is not None}
    source, label = values["source"], values.get("label", "")
    if not source:
        raise UsageError(f"{where}: source is empty; name a folder, a file or a URI")
    if label not in {"", "negative", "positive"}:
        raise UsageError(f"{where}: label {label!r} is neither 'negative' nor 'positive'")
    per_ul = _density(values, rbc_per_ul, where)
    if source.startswith(SCHEME):
        per_ul = simulated_share(source, where) * rbc_per_ul
        _refuse_other(label, per_ul, where)
    elif not label:
        raise UsageError(f"{where}: label is empty; say 'negative' or 'positive'")
    else:
        _refuse_other(label, per_ul, where)
        source = _found(source, folder, where)
    positive = label == "positive" or (per_ul is not None and per_ul > 0)
    return SetSlide(source, "positive" if positive else "negative", per_ul)


def _density(values: Mapping[str, str], rbc_per_ul: float, where: str) -> float | None:
    said = values.get("parasites_per_ul", "")
    infected, cells = values.get("infected", ""), values.get("cells", "")
    if bool(infected) != bool(cells):
        raise UsageError(f"{where}: infected and cells are given together, or neither")
    if said and infected:
        raise UsageError(f"{where}: give parasites_per_ul or infected and cells, not both")
    if said:
        return _number(said, "parasites_per_ul", where)
    if not infected:
        return None
    found, of = _number(infected, "infected", where), _number(cells, "cells", where)
    if not found <= of or not of:
        raise UsageError(f"{where}: {found:g} infected of {of:g} cells makes no sense")
    return found / of * rbc_per_ul


def _number(text: str, column: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if value < 0 or not isfinite(value):
        raise UsageError(f"{where}: {column} {text!r} is not a number of 0 or more")
    return value


def _refuse_other(label: str, per_ul: float | None, where: str) -> None:
    """Refuse a label that the density contradicts."""
    if label and per_ul is not None and (label == "positive") != (per_ul > 0):
        raise UsageError(f"{where}: label {label} does not fit {per_ul:,.0f} parasites/ul")


def _found(source: str, folder: Path, where: str) -> str:
    """Give a path of the set as one from here; leave URIs as they are."""
    path = folder / source
    if path.exists():
        return str(path)
    if ":" in source:
        return source
    raise UsageError(f"{where}: {path} does not exist; name a folder or file in the set, or a URI")
