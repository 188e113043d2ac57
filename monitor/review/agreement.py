"""How far the reviewers of a slide agree."""

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from monitor.review.verdicts import JudgedCell
from monitor.statistics import wilson_interval
from monitor.statistics.agreement import cohens_kappa, fleiss_kappa
from monitor.store import JUDGEMENTS

PAIR = 2


class Agreement(msgspec.Struct, frozen=True):
    """Of the cells that two or more people have judged.

    Attributes
    ----------
    cells
        How many these are.
    equal
        Cells of which all say the same.
    equal_share, equal_low, equal_high
        Their share with Wilson's 95 % interval; None where there are no such cells.
    measure
        ``cohen`` where the same two people judged all of them, else ``fleiss``.
    kappa, kappa_low, kappa_high
        With its 95 % interval; None where it cannot be said.
    """

    cells: int
    equal: int
    equal_share: float | None
    equal_low: float | None
    equal_high: float | None
    measure: Literal["cohen", "fleiss"] | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None


def agreement_of(cells: Sequence[JudgedCell]) -> Agreement:
    """Compare what people say of the same cells."""
    shared = [cell for cell in cells if len(cell.reviews) >= PAIR]
    equal = sum(cell.verdict != "disputed" for cell in shared)
    low, high = wilson_interval(equal, len(shared)) or (None, None)
    people = {review.reviewer for cell in shared for review in cell.reviews}
    cohen = len(people) == PAIR
    found = _cohen(shared) if cohen else _fleiss(shared)
    kappa, between = found if found is not None else (None, (None, None))
    return Agreement(
        cells=len(shared),
        equal=equal,
        equal_share=equal / len(shared) if shared else None,
        equal_low=low,
        equal_high=high,
        measure=None if not shared else "cohen" if cohen else "fleiss",
        kappa=kappa,
        kappa_low=between[0],
        kappa_high=between[1],
    )


def _cohen(cells: Sequence[JudgedCell]) -> tuple[float, tuple[float, float]] | None:
    by_name = [sorted(cell.reviews, key=lambda review: review.reviewer) for cell in cells]
    pairs = [[JUDGEMENTS.index(review.judgement) for review in reviews] for reviews in by_name]
    return cohens_kappa(np.array(pairs, np.int64))


def _fleiss(cells: Sequence[JudgedCell]) -> tuple[float, tuple[float, float]] | None:
    counts = [
        [sum(review.judgement == one for review in cell.reviews) for one in JUDGEMENTS]
        for cell in cells
    ]
    return fleiss_kappa(np.array(counts, np.int64)) if counts else None
