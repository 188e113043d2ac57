"""Trains a family once for each held-out fifth of the groups, and scores what was held out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from config import Settings
from workers.detector import Detector
from workers.evaluation.scored import ScoredCells
from workers.training.datasets import LabelledCells
from workers.training.fit_cells import fit_cells
from workers.training.fit_settings import FitSettings
from workers.training.keep import keep, kept, place_of
from workers.training.measured_score import detector_of
from workers.training.recipes import Recipe, recipe_of
from workers.training.train import scorer_of


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Cells of one set that were scored by networks that did not see their groups.

    Attributes
    ----------
    data
        Name of the set.
    cells
        Cells of all folds; the score is the share of the healthy cells of its fold that a cell
        exceeds, since scores of two networks do not compare.
    scores
        (n,) float32, as the networks gave them.
    """

    data: str
    cells: ScoredCells
    scores: NDArray[np.float32]


def cross_validate(
    architecture: str,
    sets: Sequence[LabelledCells],
    how: FitSettings,
    folds: Sequence[int],
    settings: Settings,
    folder: Path | None = None,
) -> list[HeldOut]:
    """Train and score fold by fold.

    Parameters
    ----------
    architecture
        Name of the family.
    sets
        Labelled cells; a network learns from all of them.
    how
        How long and how fast to learn.
    folds
        Which fifths to hold out, one after the other.
    settings
        How many threads score.
    folder
        Where the scores of each fold are kept, and those that are there are not made again;
        None: nowhere.

    Returns
    -------
    One for each set.
    """
    recipe = replace(recipe_of(architecture), fit=how)
    by_fold = [_fold(recipe, sets, fold, settings, folder) for fold in folds]
    return [
        _joined(cells, list(parts))
        for cells, parts in zip(sets, zip(*by_fold, strict=True), strict=True)
    ]


def _fold(
    recipe: Recipe,
    sets: Sequence[LabelledCells],
    fold: int,
    settings: Settings,
    folder: Path | None,
) -> list[ScoredCells]:
    places = [
        None if folder is None else place_of(folder, recipe, sets, cells, fold) for cells in sets
    ]
    if all(place is not None and place.is_file() for place in places):
        return [kept(place) for place in places if place is not None]
    network, _ = fit_cells(recipe, sets, fold)
    detector = detector_of(network, recipe, sets, fold)
    found = [_scored(detector, cells.part("held out", fold), settings) for cells in sets]
    for place, scored in zip(places, found, strict=True):
        if place is not None:
            keep(place, scored)
    return found


def across(
    architecture: str,
    seen: LabelledCells,
    others: Sequence[LabelledCells],
    how: FitSettings,
    settings: Settings,
) -> list[HeldOut]:
    """Train on one set and score all of the others, by a model that sees no colour.

    Parameters
    ----------
    architecture, how, settings
        See :func:`cross_validate`.
    seen
        What the network learns from.
    others
        Sets of other laboratories.
    """
    recipe = replace(recipe_of(architecture), fit=how)
    grey = msgspec.structs.replace(recipe.task.normalisation, colours="grey")
    recipe = recipe.seeing(grey)
    network, _ = fit_cells(recipe, [seen])
    detector = detector_of(network, recipe, [seen])
    return [_joined(cells, [_scored(detector, cells, settings)]) for cells in others]


def _scored(detector: Detector, cells: LabelledCells, settings: Settings) -> ScoredCells:
    said = scorer_of(detector, settings).score(cells.crops)
    scored = ScoredCells(said.scores, cells.infected, cells.labels, cells.groups, said.embeddings)
    return scored.only(scored.usable)


def _joined(cells: LabelledCells, parts: list[ScoredCells]) -> HeldOut:
    joined = ScoredCells(
        np.concatenate([_as_ranks(part) for part in parts]),
        np.concatenate([part.infected for part in parts]),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.groups for part in parts]),
        np.concatenate([part.embeddings for part in parts]),
    )
    return HeldOut(cells.origin.data, joined, np.concatenate([part.scores for part in parts]))


def _as_ranks(part: ScoredCells) -> NDArray[np.float32]:
    """Give the share of the healthy cells that each exceeds, (n,) float32.

    Infected cells lie half a rank lower, between two healthy ones, but level with those of the
    same score.
    """
    healthy = np.sort(part.scores[~part.infected])
    below, up_to = (np.searchsorted(healthy, part.scores, side) for side in ("left", "right"))
    below = below - 0.5 * (part.infected & (below == up_to))
    return np.asarray(below / len(healthy), np.float32)
