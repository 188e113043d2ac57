"""Scores of labelled cells that a threshold may rest on: none that a weight has seen."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.score import Scorer
from workers.thresholds.sample import GroupedScores
from workers.training.datasets import DataError, LabelledCells


@dataclass(frozen=True, slots=True)
class KnownScores:
    """Scores of healthy and of infected cells.

    Attributes
    ----------
    healthy
        All of them.
    infected
        All of them; None where there is none.
    unscored
        Cells that could not be scored, and were left out.
    """

    healthy: GroupedScores
    infected: GroupedScores | None
    unscored: int


def known_scores(
    scorer: Scorer, cells: LabelledCells, trained_on: Collection[str] = (), labels: bool = False
) -> KnownScores:
    """Score the cells of a labelled set that a threshold may rest on.

    Of a set that the model was trained on these are the healthy cells of the validation part,
    and the infected ones of the training and validation parts, which no weight has seen; never
    the part that is held out. Of another set they are all cells. A set is known by its digest.

    Parameters
    ----------
    scorer
        Of the model.
    cells
        The set.
    trained_on
        Digests, or names, of the sets that the model was trained on.
    labels
        Whether it learned from labelled infected cells: of the sets that it was trained on none
        can be taken then.

    Raises
    ------
    DataError
        There is no healthy cell that could be scored.
    """
    name = cells.origin.data
    healthy, infected, parts = cells.healthy(), cells.only(cells.infected), ("", "")
    if {name, cells.origin.digest} & set(trained_on):
        healthy = cells.part("validation").healthy()
        seen = [cells.part("training").groups, cells.part("validation").groups]
        unseen = np.isin(infected.groups, np.concatenate(seen)) & (not labels)
        infected = infected.only(unseen)
        parts = "the validation part of ", "the training and validation parts of "
    well, unscored = grouped(
        scorer, healthy.crops, healthy.groups, f"healthy cells of {parts[0]}{name}"
    )
    if well is None:
        raise DataError(f"{name}: no healthy cell could be scored, so no threshold can be chosen")
    ill, lost = grouped(
        scorer, infected.crops, infected.groups, f"infected cells of {parts[1]}{name}"
    )
    return KnownScores(well, ill, unscored + lost)


def grouped(
    scorer: Scorer, crops: NDArray[np.uint8], groups: NDArray[np.int32], cells: str
) -> tuple[GroupedScores | None, int]:
    """Score cells.

    Parameters
    ----------
    scorer
        Of the model.
    crops
        (n, 64, 64, 3) uint8.
    groups
        (n,) int32, the slide or patient of each.
    cells
        Which cells these are, in words.

    Returns
    -------
    Their scores, None where there is none; and how many could not be scored.
    """
    scores = scorer.score(crops).scores
    there = np.isfinite(scores)
    known = GroupedScores.of(scores[there], groups[there], cells) if there.any() else None
    return known, int((~there).sum())
