"""What a person says of a cell, and how the log of a slide keeps it."""

from datetime import datetime
from typing import Literal, get_args

import msgspec

from config import UsageError
from monitor.store.clock import now_iso

Judgement = Literal["infected", "healthy", "unsure"]
Stage = Literal["ring", "trophozoite", "schizont", "gametocyte"]
JUDGEMENTS: tuple[Judgement, ...] = get_args(Judgement)
STAGES: tuple[Stage, ...] = get_args(Stage)
LONGEST_NAME = 64
LONGEST_COMMENT = 500


class ReviewError(UsageError):
    """A review is not as it must be."""


class Review(msgspec.Struct, frozen=True):
    """One reviewer's judgement of one cell.

    Attributes
    ----------
    field, cell
        Number of the frame, and the cell's place among the cells of it, from 0.
    reviewer
        Who judged, 1 to 64 printable characters.
    judgement
        ``infected``, ``healthy`` or ``unsure``.
    stage
        Of an infected cell's parasite; None: not said.
    comment
        At most 500 printable characters.
    at
        When, ISO 8601 with the offset from UTC.
    """

    field: int
    cell: int
    reviewer: str
    judgement: Judgement
    stage: Stage | None = None
    comment: str = ""
    at: str = msgspec.field(default_factory=now_iso)

    def __post_init__(self) -> None:
        """Refuse what makes no sense with a ReviewError."""
        if self.field < 0 or self.cell < 0:
            raise ReviewError(f"cell {self.field}:{self.cell}: field and cell are 0 or more")
        check_reviewer(self.reviewer)
        _check_choices(self.judgement, self.stage)
        if len(self.comment) > LONGEST_COMMENT or not self.comment.isprintable():
            raise ReviewError(
                f"a comment has at most {LONGEST_COMMENT} printable characters: shorten it"
            )
        _check_time(self.at)


class LoggedReview(msgspec.Struct, frozen=True):
    """An entry of a slide's review log: a review, or that one was undone.

    Attributes
    ----------
    number
        Of the entry, from 1, in the order in which they were written.
    kind
        ``review`` or ``undo``.
    id
        What makes a step that is repeated known.
    field, cell, reviewer, at
        As those of :class:`Review`.
    judgement, stage, comment
        Of a review; None and empty where one is undone.
    undoes
        Number of the entry that is undone.
    """

    number: int
    kind: Literal["review", "undo"]
    id: str
    field: int
    cell: int
    reviewer: str
    at: str
    judgement: Judgement | None = None
    stage: Stage | Literal[""] | None = None
    comment: str = ""
    undoes: int | None = None

    def review(self) -> Review:
        """Give the review of an entry that is one."""
        if self.judgement is None:
            raise ValueError(f"entry {self.number} of the review log is no review")
        who = self.field, self.cell, self.reviewer
        return Review(*who, self.judgement, self.stage or None, self.comment, self.at)


def check_reviewer(name: str) -> str:
    """Give a reviewer's name back if it may be one.

    Raises
    ------
    ReviewError
        It may not.
    """
    if 1 <= len(name) <= LONGEST_NAME and name.isprintable() and name == name.strip():
        return name
    raise ReviewError(
        f"reviewer {name[:80]!r} is not valid: use 1 to {LONGEST_NAME} printable characters, "
        "no space at either end"
    )


def _check_choices(judgement: str, stage: str | None) -> None:
    if judgement not in JUDGEMENTS:
        raise ReviewError(f"judgement {judgement[:40]!r} is none of {', '.join(JUDGEMENTS)}")
    if stage is not None and stage not in STAGES:
        raise ReviewError(f"stage {stage[:40]!r} is none of {', '.join(STAGES)}")
    if stage is not None and judgement != "infected":
        raise ReviewError(f"stage {stage}: only an infected cell has one, not a {judgement} one")


def _check_time(at: str) -> None:
    try:
        known = datetime.fromisoformat(at).tzinfo is not None
    except ValueError:
        known = False
    if not known:
        raise ReviewError(
            f"time {at[:40]!r} is not ISO 8601 with an offset, such as 2026-11-23T09:30:00Z"
        )
