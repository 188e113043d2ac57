"""Which cells a reviewer is shown next: flagged ones, with random ones mixed in."""

import hashlib
from collections.abc import Sequence

import msgspec
import numpy as np

from monitor.review.verdicts import Place, judged_cells
from monitor.store import (
    KeptCell,
    Review,
    Store,
    check_reviewer,
    flagged_cells,
    sampled_cells,
    standing_reviews,
    summary,
)


class QueuedCell(msgspec.Struct, frozen=True):
    """A cell that a reviewer has not judged; what others said of it is not told.

    Attributes
    ----------
    cell
        With its crop.
    flagged
        Whether it is shown for its score; else it was drawn by chance.
    """

    cell: KeptCell
    flagged: bool


def review_queue(
    store: Store, slide_id: str, reviewer: str, second_read: bool = False
) -> list[QueuedCell]:
    """Give the cells that a reviewer is to judge, the first one first.

    Flagged cells come by falling score, and the slide's random ones at places among them that are
    the same for everyone. The random ones keep the order of their draw, so that whoever stops early
    has judged a random sample.

    Parameters
    ----------
    store, slide_id
        The slide.
    reviewer
        Whose queue; cells that this person has judged are left out.
    second_read
        Only cells that someone else has judged, in an order that the scores do not tell.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    ReviewError
        The name is none that a reviewer may have.
    """
    check_reviewer(reviewer)
    judged = judged_cells(standing_reviews(store, slide_id))
    mine = {place for place, cell in judged.items() if reviewer in _names(cell.reviews)}
    every = _mixed(store, slide_id)
    if second_read:
        every = _shuffled([one for one in every if _place(one.cell) in judged], slide_id)
    return [one for one in every if _place(one.cell) not in mine]


def _mixed(store: Store, slide_id: str) -> list[QueuedCell]:
    threshold = summary(store, slide_id).threshold
    flagged = flagged_cells(store, slide_id, store.settings.max_flagged_cells)
    drawn = [cell for cell in sampled_cells(store, slide_id) if not cell.score >= threshold]
    at = np.sort(_chance(slide_id, "mixed").random(len(drawn))) * len(flagged)
    placed = [(float(number), QueuedCell(cell, True)) for number, cell in enumerate(flagged)]
    mixed_in = [(where, QueuedCell(cell, False)) for where, cell in zip(at, drawn, strict=True)]
    return [one for _, one in sorted(placed + mixed_in, key=lambda pair: pair[0])]


def _shuffled(cells: Sequence[QueuedCell], slide_id: str) -> list[QueuedCell]:
    """Order cells by chance; a cell's place against others does not depend on which there are."""
    return sorted(cells, key=lambda one: _digest(f"{slide_id} second {_place(one.cell)}"))


def _chance(slide_id: str, purpose: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(_digest(f"{slide_id} {purpose}"), "big"))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _names(reviews: Sequence[Review]) -> set[str]:
    return {review.reviewer for review in reviews}


def _place(cell: KeptCell) -> Place:
    return cell.field, cell.cell
