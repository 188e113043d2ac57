"""How far the review of a slide has come, and what it says of the slide."""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from monitor.review.agreement import Agreement, agreement_of
from monitor.review.verdicts import JudgedCell, Place, judged_cells
from monitor.statistics.reviewed_share import Estimate, Stratum, missed_share, reviewed_share
from monitor.store import (
    Store,
    field_scores,
    looks_unhealthy,
    sampled_places,
    standing_reviews,
    summary,
)


class ReviewState(msgspec.Struct, frozen=True):
    """The review of one slide.

    Attributes
    ----------
    slide, threshold
        Id of the slide, and the score from which its cells count as flagged here.
    reviewers
        How many cells each has judged, by name.
    reviewed
        Cells that someone has judged.
    verdicts
        How many of these are ``infected``, ``healthy``, ``unsure`` or ``disputed``.
    stages
        Infected ones by stage, where that is agreed.
    flagged
        The flagged cells, and what was found of them.
    sampled
        The random cells that are not flagged, and what was found of them.
    agreement
        Of the cells that two or more have judged.
    missed
        Share of infected cells among those that are not flagged.
    parasitemia
        Reviewed: share of infected cells among all.
    parasitemia_automatic
        Flagged share of the scored cells; None where none is scored.
    confidence
        Of the intervals of ``missed`` and ``parasitemia``.
    """

    slide: str
    threshold: float
    reviewers: dict[str, int]
    reviewed: int
    verdicts: dict[str, int]
    stages: dict[str, int]
    flagged: Stratum
    sampled: Stratum
    agreement: Agreement
    missed: Estimate
    parasitemia: Estimate
    parasitemia_automatic: float | None
    confidence: float


def review_state(
    store: Store, slide_id: str, confidence: float, threshold: float | None = None
) -> ReviewState:
    """Say how far the review of a slide has come.

    Parameters
    ----------
    store, slide_id
        The slide.
    confidence
        Of intervals, in (0, 1).
    threshold
        Score from which a cell counts as flagged; None: the slide's own.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    """
    counted = summary(store, slide_id, threshold)
    reviews = standing_reviews(store, slide_id)
    judged = judged_cells(reviews)
    flagged = _flagged(field_scores(store, slide_id), counted.threshold)
    sampled = [place for place in sampled_places(store, slide_id) if place not in flagged]
    strata = _stratum(flagged, judged), _stratum(sampled, judged)
    unflagged = counted.cells - len(flagged)
    return ReviewState(
        slide=slide_id,
        threshold=counted.threshold,
        reviewers=dict(Counter(review.reviewer for review in reviews)),
        reviewed=len(judged),
        verdicts=dict(Counter(cell.verdict for cell in judged.values())),
        stages=dict(Counter(cell.stage for cell in judged.values() if cell.stage is not None)),
        flagged=strata[0],
        sampled=strata[1],
        agreement=agreement_of(list(judged.values())),
        missed=missed_share(strata[1], confidence),
        parasitemia=reviewed_share(*strata, unflagged, confidence),
        parasitemia_automatic=counted.parasitemia,
        confidence=confidence,
    )


def _flagged(scores: Mapping[int, NDArray[np.float32]], threshold: float) -> set[Place]:
    return {
        (field, int(cell))
        for field, of_field in scores.items()
        for cell in np.flatnonzero(looks_unhealthy(of_field, threshold))
    }


def _stratum(places: Iterable[Place], judged: Mapping[Place, JudgedCell]) -> Stratum:
    found = [judged[place].verdict if place in judged else None for place in places]
    open_cells = found.count("unsure") + found.count("disputed")
    return Stratum(len(found), found.count("infected"), found.count("healthy"), open_cells)
