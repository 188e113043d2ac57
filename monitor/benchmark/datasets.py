"""Folders of fields: which of them are data sets, and which pictures are measured."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from config import SmearwatchError
from monitor.benchmark.annotations import ANNOTATIONS, AnnotationError, Truth, read_annotations
from monitor.sources.paths import is_folder, missing
from monitor.sources.pictures import is_picture_name

Part = Literal["all", "tuned", "held"]
T = TypeVar("T")

PICTURES = "images"
BLOCKS = 9
TUNED_EVERY = 3


class DataError(SmearwatchError):
    """There is nothing to measure on."""


@dataclass(frozen=True, slots=True)
class FieldFile:
    """A picture on disk, and its truth where it is annotated."""

    path: Path
    truth: Truth | None


@dataclass(frozen=True, slots=True)
class DataSet:
    """A folder's fields, sorted by the pictures' names."""

    name: str
    fields: tuple[FieldFile, ...]

    @property
    def annotated(self) -> bool:
        """Whether the truth is known."""
        return any(field.truth is not None for field in self.fields)


def find_sets(folder: Path) -> list[DataSet]:
    """Give the data set in ``folder``, or those in its subfolders.

    A data set is a folder with pictures, or with a folder ``images`` of pictures; the truth
    stands beside them in ``annotations.json``.

    Raises
    ------
    SourceError
        ``folder`` is no folder.
    DataError
        There is no picture in it or its subfolders, or an annotated one is missing.
    AnnotationError
        A file of annotations is malformed.
    """
    if not folder.exists():
        raise missing(str(folder))
    if not is_folder(str(folder)):
        raise DataError(f"{folder} is a file; give the folder of a data set")
    own = [folder] if _holds_fields(folder) else _folders(folder)
    if not own:
        raise DataError(
            f"{folder} holds no picture, nor do its subfolders or their folders {PICTURES}/; "
            "give the folder of a data set"
        )
    return [_read(each) for each in own]


def is_set(folder: Path) -> bool:
    """Say whether ``folder`` is one data set, not a folder of several."""
    return _holds_fields(folder)


def choose(data: DataSet, part: Part, count: int | None) -> Sequence[FieldFile]:
    """Give ``count`` fields of a part of a set, at even distances; all of it where None.

    Raises
    ------
    DataError
        The set is too small to have such a part.
    """
    fields = part_of(data.fields, part)
    if not fields:
        size = len(data.fields)
        raise DataError(f"{data.name} is too small for a {part} part: {size} field; use --part all")
    return spread(fields, count)


def part_of(fields: Sequence[T], part: Part) -> Sequence[T]:
    """Give the part of a set on which thresholds were chosen, or the one that was kept aside.

    Neighbouring names come from one slide, so the sorted names are cut in nine contiguous
    blocks: on the 1st, 4th and 7th thresholds were chosen, the others were only measured.
    """
    tuned = [number * BLOCKS // len(fields) % TUNED_EVERY == 0 for number in range(len(fields))]
    wanted = {"all": (True, False), "tuned": (True,), "held": (False,)}[part]
    return [field for field, looked_at in zip(fields, tuned, strict=True) if looked_at in wanted]


def spread(fields: Sequence[T], count: int | None) -> Sequence[T]:
    """Give ``count`` fields at even distances, from the first on; all where it is None."""
    if count is None or count >= len(fields):
        return fields
    return [fields[number * len(fields) // count] for number in range(count)]


def _holds_fields(folder: Path) -> bool:
    return (folder / ANNOTATIONS).is_file() or bool(_pictures(folder))


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if each.is_dir() and _holds_fields(each))
    except OSError as error:
        raise DataError(f"{folder} cannot be read: {error.strerror}") from error


def _pictures(folder: Path) -> list[Path]:
    """Give the pictures of ``folder/images``, or else of ``folder``, sorted by name."""
    for place in (folder / PICTURES, folder):
        if place.is_dir() and os.access(place, os.R_OK | os.X_OK):
            found = sorted(path for path in place.iterdir() if is_picture_name(path.name))
            if found:
                return found
    return []


def _read(folder: Path) -> DataSet:
    name = folder.resolve().name
    path = folder / ANNOTATIONS
    if not path.is_file():
        return DataSet(name, tuple(FieldFile(each, None) for each in _pictures(folder)))
    truths = read_annotations(path)
    if not truths:
        raise AnnotationError(f"{path} lists no image; list the pictures, or remove it")
    return DataSet(
        name, tuple(FieldFile(_picture(folder, image), truths[image]) for image in sorted(truths))
    )


def _picture(folder: Path, image: str) -> Path:
    for path in (folder / PICTURES / image, folder / image):
        if path.is_file():
            return path
    raise DataError(
        f"{folder / ANNOTATIONS} lists {image}, which is not in {folder / PICTURES}; "
        "put it there, or take it out of the list"
    )
