"""Gathers what a report says from the store, the settings and the model's card."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version

import msgspec

from config import Settings
from config.redact import without_secrets
from monitor.cells_shown import flagged_rows
from monitor.decision import Judge
from monitor.models_at_hand import model_at_hand
from monitor.report.content import ModelFigures, Report, ReportedCell, Words
from monitor.report.quality import quality_of
from monitor.report.scores import histogram_of
from monitor.store import (
    KeptCell,
    Store,
    Summary,
    events,
    flagged_cells,
    frame_records,
    slide_scores,
)
from monitor.wording import corrected, excluded, ledger, limit_of_detection, parasitemia, verdict
from workers.artefact import Artefact

METHOD = (
    "flagged cells over cells with a score; 95 % Wilson score interval of that share, which holds "
    "for one look and knows nothing of the model's errors"
)

Reviews = Mapping[tuple[int, int], str]
"""What reviewers say of cells, in a word, by frame number and cell."""


def gather(
    store: Store,
    slide: str,
    settings: Settings,
    *,
    threshold: float | None = None,
    at_most: int,
    reviews: Reviews | None = None,
) -> tuple[Report, list[KeptCell]]:
    """Gather a slide's report, and its flagged cells with their crops in the same order.

    Parameters
    ----------
    store, slide
        The slide.
    settings
        What to decide at, and which model is at hand.
    threshold
        Count flagged cells at this one instead of the slide's own.
    at_most
        How many flagged cells, > 0.
    reviews
        What reviewers say of cells; None: there are no reviews.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    """
    counted = Judge(settings).summary(store, slide, threshold)
    counted = msgspec.structs.replace(counted, source=without_secrets(counted.source))
    records = frame_records(store, slide)
    kept = flagged_cells(store, slide, at_most)
    kept = [cell for cell in kept if cell.score >= counted.threshold]
    names = {number: record.name or "" for number, record in records.items()}
    said = reviews or {}
    cells = tuple(
        ReportedCell(row, said.get((row.field, row.cell))) for row in flagged_rows(kept, names)
    )
    artefact = model_at_hand(settings, counted.model_id)
    report = Report(
        summary=counted,
        words=_words(counted),
        model=None if artefact is None else _figures(artefact),
        quality=quality_of(records, events(store, slide)),
        histogram=histogram_of(slide_scores(store, slide), counted.threshold),
        flagged=cells,
        reviewed=dict(sorted(Counter(one.review for one in cells if one.review).items())),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        made_with=version("smearwatch"),
    )
    return report, kept


def _words(counted: Summary) -> Words:
    decision = counted.decision
    return Words(
        parasitemia=parasitemia(counted),
        parasitemia_method=METHOD,
        verdict="" if decision is None else verdict(decision),
        corrected="" if decision is None else corrected(decision),
        limit_of_detection="" if decision is None else limit_of_detection(decision),
        excluded="" if decision is None else excluded(decision),
        ledger=ledger(counted),
    )


def _figures(artefact: Artefact) -> ModelFigures:
    card = artefact.card
    return ModelFigures(
        model_id=artefact.model_id,
        weights_sha256=card.weights_sha256,
        architecture=card.architecture,
        created=card.created,
        threshold_rule=card.threshold_rule,
        trained_on=tuple(f"{one.data} ({one.source})" for one in card.trained_on),
        figures=card.figures,
        limits=card.limits,
    )
