"""What goes into the store and what comes out, as immutable typed records."""

import re
import time
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

BeginMode = Literal["new", "resume", "replace"]
Outcome = Literal["gated", "rejected", "skipped", "failed"]
Ending = Literal["ended", "interrupted"]
Box = tuple[int, int, int, int]
State = Literal["counting", "paused", "complete", "incomplete", "interrupted"]
Activity = Literal["counting", "paused"]
Wanted = Literal["counting", "paused", "finished"]


_WORD = re.compile(r"[a-z0-9_]{1,40}")


def check_word(name: str, word: str) -> None:
    """Refuse what is not one short word of lower-case letters, digits and ``_``.

    Raises
    ------
    ValueError
        It is not.
    """
    if not _WORD.fullmatch(word):
        raise ValueError(f"{name} must be one short word of a-z, 0-9, _: {word!r}")


class SlideInfo(msgspec.Struct, frozen=True):
    """What a slide is counted from and with; fixed when it is begun.

    Attributes
    ----------
    source
        The source's URI, without passwords.
    source_kind
        ``images``, ``video``, ``camera``, ``stream``, ``watch`` or ``simulated``.
    simulated, live, repeats
        As the source says of itself.
    frames_total
        How many frames there will be, where known.
    model_id
        Id of the model artefact that scores the cells.
    threshold
        Score from which a cell is flagged.
    software_version
        Version of smearwatch.
    """

    source: str
    source_kind: str
    simulated: bool
    live: bool
    repeats: bool
    frames_total: int | None
    model_id: str
    threshold: float
    software_version: str


class Place(msgspec.Struct, frozen=True):
    """Where a frame lies on the slide map.

    Attributes
    ----------
    part
        Number of the part of the map, from 0; how parts lie to each other is not known.
    row, column
        Of the frame's top left corner against that of the part's first frame, in pixels.
    rotation
        By which the frame is turned against the part, in degrees, from rows to columns.
    """

    part: int
    row: float
    column: float
    rotation: float = 0.0


class Tile(msgspec.Struct, frozen=True):
    """One part of the slide map, as a piece of the mosaic's picture.

    Attributes
    ----------
    part
        Its number.
    top, height, width
        Rows of the picture at which it begins, and its size, in pixels of the picture.
    row, column
        Where its top left corner lies on the part, in pixels of a frame.
    step_px
        Pixels of a frame to one of the picture.
    """

    part: int
    top: int
    height: int
    width: int
    row: float
    column: float
    step_px: float


class MapLayout(msgspec.Struct, frozen=True):
    """What is where on a slide map.

    Attributes
    ----------
    tiles
        The parts, from top to bottom.
    joins
        Parts that were found to lie on others after fields of theirs were counted, and where
        their first frames lie there.
    """

    tiles: list[Tile]
    joins: dict[int, Place]


@dataclass(frozen=True, slots=True)
class MapPicture:
    """A slide map.

    Attributes
    ----------
    jpeg
        The views that were counted, all parts below one another; white where there is none.
    layout
        What is where in it.
    """

    jpeg: bytes
    layout: MapLayout


@dataclass(frozen=True, slots=True)
class FieldResult:
    """A counted field, ready to be stored.

    Attributes
    ----------
    number, name, captured_at
        The frame's number, name and Unix time in seconds.
    shape
        Height and width of the frame in pixels.
    scores
        (n,) float32, one a cell; NaN: the cell could not be scored.
    boxes
        (n, 4) int32, (top, left, bottom, right), half-open, in pixels of the frame.
    crops
        (n, 64, 64, 3) uint8, RGB.
    embeddings
        (n, d) float16, or None where the model gives none.
    worst_boxes
        (n, 4) uint8, the worst region of each cell: (top, left, bottom, right), half-open, in
        pixels of its crop; zeros where there is none.
    focus_score
        Sharpness of the cell outlines, >= 0.
    not_cells
        How many things were set apart, by kind.
    place
        Where the frame lies on the slide map, where that is known.
    centres
        (n, 2) float64, (row, column) of the middle of each cell on that part of the map.
    may_repeat
        Whether its cells may have been counted before, as tracking was lost.
    digest
        Of the picture, where the source is to give none twice.
    """

    number: int
    name: str
    captured_at: float
    shape: tuple[int, int]
    scores: NDArray[np.float32]
    boxes: NDArray[np.int32]
    crops: NDArray[np.uint8]
    embeddings: NDArray[np.float16] | None
    worst_boxes: NDArray[np.uint8]
    focus_score: float
    not_cells: dict[str, int]
    place: Place | None = None
    centres: NDArray[np.float64] | None = None
    may_repeat: bool = False
    digest: str | None = None


class FrameOutcome(msgspec.Struct, frozen=True):
    """A frame that was not counted, and why.

    Attributes
    ----------
    number
        The frame's number.
    outcome
        ``gated`` (nothing new in it), ``rejected`` (too poor to count), ``skipped`` (no time
        for it) or ``failed`` (could not be read or processed).
    reason
        One short word: lower-case letters, digits and ``_``.
    name
        The frame's name where the source gives it the same name again (files), else None.
    detail
        For a person: what happened.
    digest
        Of the picture, where the source is to give none twice.
    """

    number: int
    outcome: Outcome
    reason: str
    name: str | None = None
    detail: str = ""
    digest: str | None = None


class Event(msgspec.Struct, frozen=True):
    """Something about the slide that a person should know.

    Attributes
    ----------
    kind
        One short word: lower-case letters, digits and ``_``.
    text
        For a person: what happened.
    cleared
        None: it is over once it is told. False: a condition that lasts from now on. True: the
        condition of this kind is over.
    at
        Unix time in seconds at which it happened.
    """

    kind: str
    text: str
    cleared: bool | None = None
    at: float = msgspec.field(default_factory=time.time)

    def __post_init__(self) -> None:
        """Refuse a kind that is not one short word with a ValueError."""
        check_word("kind", self.kind)


class FrameRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept, as JSON, of a frame that was counted, failed, or was rejected by name."""

    outcome: Literal["counted", "gated", "rejected", "skipped", "failed"]
    name: str | None = None
    reason: str | None = None
    detail: str | None = None
    captured_at: float | None = None
    shape: tuple[int, int] | None = None
    cells: int | None = None
    flagged: int | None = None
    unscored: int | None = None
    focus_score: float | None = None
    not_cells: dict[str, int] = {}
    place: Place | None = None
    digest: str | None = None


class FlaggedCell(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept, as MessagePack, of a flagged cell.

    Attributes
    ----------
    box
        (top, left, bottom, right), half-open, in pixels of the frame.
    score
        Anomaly score, higher is worse.
    png
        The crop, 64 x 64 RGB, as a PNG file.
    embedding
        (d,) float16, little-endian; empty where the model gives none.
    worst_box
        The region that looks worst, as ``box`` but in pixels of the crop; None: not known, as
        of slides counted before there was one.
    place
        Number of the part of the slide map, and (row, column) of the cell's middle there, in
        pixels of a frame; None: not known.
    """

    box: Box
    score: float
    png: bytes
    embedding: bytes
    worst_box: Box | None = None
    place: tuple[int, float, float] | None = None


class StoreStatus(msgspec.Struct, frozen=True):
    """How the store is; sizes in bytes, None where it does not run or is not ours."""

    running: bool
    url: str
    data_dir: str | None
    pid: int | None = None
    version: str | None = None
    used_memory: int | None = None
    slides: int | None = None
