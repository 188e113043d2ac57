"""Describes a field or an outcome as the arguments of the script that stores it."""

from datetime import UTC, datetime

import msgspec
import numpy as np

from config.settings import StoreSettings
from monitor.store.client import Word
from monitor.store.drawn import Drawn
from monitor.store.encode import (
    encode_boxes,
    encode_drawn,
    encode_flagged,
    encode_scores,
    looks_unhealthy,
)
from monitor.store.records import Event, FieldResult, FrameOutcome, FrameRecord, check_word

LONGEST_TEXT = 500
"""Characters kept of an event's text."""


def field_arguments(
    result: FieldResult, threshold: float, settings: StoreSettings, drawn: Drawn
) -> list[Word]:
    """Give what ``commit_field.lua`` takes after the token.

    Parameters
    ----------
    result
        The field.
    threshold
        Score from which a cell is flagged.
    settings
        How much is kept.
    drawn
        The draw of the slide's random cells.

    Raises
    ------
    ValueError
        Scores, boxes and crops are not equally many, or a box does not fit 16 bits.
    """
    _check(result)
    flagged = int(np.count_nonzero(looks_unhealthy(result.scores, threshold)))
    unscored = int(np.count_nonzero(np.isnan(result.scores)))
    most = settings.max_flagged_cells
    kept = encode_flagged(result, threshold, most)
    sampled = encode_drawn(result, drawn)
    return [
        *(result.number, len(result.scores), flagged, unscored),
        msgspec.json.encode(_field_record(result, flagged, unscored)),
        *(encode_scores(result.scores), encode_boxes(result.boxes)),
        *(most, settings.max_events, int(result.may_repeat), len(result.not_cells)),
        *(settings.max_sampled_cells, len(kept)),
        *(value for pair in result.not_cells.items() for value in pair),
        *(value for member, score, cell in kept for value in (member, repr(score), cell)),
        *(value for member, rank, cell in sampled for value in (member, rank, cell)),
    ]


def outcome_arguments(outcome: FrameOutcome, live: bool) -> list[Word]:
    """Give what ``record.lua`` takes for one frame.

    Raises
    ------
    ValueError
        The reason is not one short word.
    """
    check_word("reason", outcome.reason)
    # A gated frame has a name only where it is a file, which is not to be looked at again.
    named = outcome.outcome == "gated" and outcome.name is not None
    told = named or outcome.outcome in {"failed", "rejected"}
    # A live source never gives a frame again, so its records would only pile up.
    kept = told and not live
    record = FrameRecord(
        outcome.outcome,
        outcome.name,
        outcome.reason,
        outcome.detail or None,
        digest=outcome.digest,
    )
    return [
        *(outcome.number, outcome.outcome, outcome.reason),
        msgspec.json.encode(record) if kept else b"",
        (outcome.detail or outcome.reason) if told else "",
        outcome.name or "",
    ]


def event_arguments(event: Event, number: int) -> list[Word]:
    """Give what ``event.lua`` takes after the token and the number of events kept."""
    at = datetime.fromtimestamp(event.at, UTC).isoformat(timespec="milliseconds")
    cleared = "" if event.cleared is None else int(event.cleared)
    return [number, event.kind, event.text[:LONGEST_TEXT], at, cleared]


def _check(result: FieldResult) -> None:
    count = len(result.scores)
    boxes = (result.boxes.shape, result.worst_boxes.shape)
    if boxes != ((count, 4),) * 2 or len(result.crops) != count:
        raise ValueError(
            f"field {result.number}: scores {result.scores.shape}, boxes {boxes[0]}, worst "
            f"boxes {boxes[1]} and crops {result.crops.shape} are not of equally many cells"
        )


def _field_record(result: FieldResult, flagged: int, unscored: int) -> FrameRecord:
    return FrameRecord(
        outcome="counted",
        name=result.name,
        captured_at=result.captured_at,
        shape=result.shape,
        cells=len(result.scores),
        flagged=flagged,
        unscored=unscored,
        focus_score=result.focus_score,
        not_cells=result.not_cells,
        place=result.place,
        digest=result.digest,
    )
