"""Gathers the reviewed cells of all slides, with their crops and labels."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.review.verdicts import JudgedCell, judged_cells
from monitor.store import (
    KeptCell,
    Store,
    Summary,
    flagged_cells,
    sampled_cells,
    slides,
    standing_reviews,
)


@dataclass(frozen=True, slots=True)
class ReviewedCell:
    """A cell with its label.

    Attributes
    ----------
    slide, model_id
        Id of its slide, and the model that scored it.
    cell
        With its crop.
    judged
        What people say of it: ``infected`` or ``healthy``.
    drawn
        Whether it was drawn by chance; else it was shown for its score.
    """

    slide: str
    model_id: str
    cell: KeptCell
    judged: JudgedCell
    drawn: bool

    @property
    def infected(self) -> bool:
        """Whether all say that it is."""
        return self.judged.verdict == "infected"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the slides of a store give to learn from.

    Attributes
    ----------
    cells
        Reviewed cells, by slide, field and place.
    left_out
        Reviewed cells that are not in ``cells``, by reason: ``unsure``, ``disputed``, ``no crop``,
        ``simulated``.
    presumed
        Crops of random cells that nobody judged and that are not flagged, nearly all of which are
        healthy, by slide; of slides with reviews alone.
    """

    cells: tuple[ReviewedCell, ...]
    left_out: dict[str, int]
    presumed: dict[str, NDArray[np.uint8]]


def gather(store: Store, simulated: bool = False) -> Gathered:
    """Gather the reviewed cells of all slides.

    Parameters
    ----------
    store
        Where they are.
    simulated
        Take those of simulated slides as well.
    """
    cells: list[ReviewedCell] = []
    left_out: Counter[str] = Counter()
    presumed: dict[str, NDArray[np.uint8]] = {}
    for slide in sorted(slides(store), key=lambda one: one.slide):
        judged = judged_cells(standing_reviews(store, slide.slide))
        if not judged:
            continue
        if slide.simulated and not simulated:
            left_out["simulated"] += len(judged)
            continue
        flagged = flagged_cells(store, slide.slide, store.settings.max_flagged_cells)
        drawn = sampled_cells(store, slide.slide)
        kept = list(_labelled(slide, judged, flagged, drawn))
        cells += kept
        left_out.update(_reasons(judged, kept))
        presumed[slide.slide] = _presumed(slide, judged, drawn)
    return Gathered(tuple(cells), dict(left_out), presumed)


def _labelled(
    slide: Summary,
    judged: dict[tuple[int, int], JudgedCell],
    flagged: Sequence[KeptCell],
    drawn: Sequence[KeptCell],
) -> Iterator[ReviewedCell]:
    at_random = {(cell.field, cell.cell) for cell in drawn}
    crops = {(cell.field, cell.cell): cell for cell in (*flagged, *drawn)}
    for place in sorted(judged.keys() & crops.keys()):
        of_it = judged[place]
        if of_it.verdict in {"infected", "healthy"}:
            found = crops[place], of_it, place in at_random
            yield ReviewedCell(slide.slide, slide.model_id, *found)


def _reasons(
    judged: dict[tuple[int, int], JudgedCell], kept: Sequence[ReviewedCell]
) -> Iterator[str]:
    taken = {one.judged.place for one in kept}
    for place, cell in judged.items():
        if place not in taken:
            yield cell.verdict if cell.verdict in {"unsure", "disputed"} else "no crop"


def _presumed(
    slide: Summary, judged: dict[tuple[int, int], JudgedCell], drawn: Sequence[KeptCell]
) -> NDArray[np.uint8]:
    crops = [
        cell.crop
        for cell in drawn
        if (cell.field, cell.cell) not in judged and cell.score < slide.threshold
    ]
    return np.stack(crops) if crops else np.empty((0, 64, 64, 3), np.uint8)
