"""Compares families of networks, each trained and measured by the same code."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from config import Settings
from workers.evaluation.bootstrap import Interval, Resampling
from workers.evaluation.curve import Curve
from workers.evaluation.evaluate import LEAST_OF_A_STAGE
from workers.evaluation.figures import DECIMALS
from workers.evaluation.measured import measure
from workers.evaluation.measures import auroc
from workers.models import build, family
from workers.training.cost import relative_cost
from workers.training.cross_validate import HeldOut, across, cross_validate
from workers.training.datasets import HEALTHY, LabelledCells
from workers.training.fit_settings import FitSettings

Split = Literal["groups", "cells", "across"]
FIGURES = (
    "auroc",
    "sensitivity_at_specificity_95",
    "sensitivity_at_specificity_99",
    "sensitivity_at_specificity_999",
    "false_positives_per_million_at_sensitivity_50",
    "false_positives_per_million_at_sensitivity_90",
)
NO_THRESHOLD = 1.0


class Compared(msgspec.Struct, frozen=True):
    """One family on one set.

    Attributes
    ----------
    model, data
        Names of the family and of the set it was measured on.
    split
        ``groups``: patients or stretches of a slide are held out; ``cells``: cells at random,
        so that a network is measured on patients that it knows; ``across``: trained on the
        other set, without colour.
    folds, epochs, examples_an_epoch
        How much it was trained.
    cost
        Time on one CPU core as a multiple of that of ``conv-wide``.
    weights
        How many numbers it learned.
    healthy, infected
        Held-out cells.
    figures, intervals
        By name, with the interval over patients or stretches.
    auroc_by_stage
        Of each parasite stage with five cells or more.
    accuracy
        Share of cells told right at log odds 0; None: the family gives no log odds.
    """

    model: str
    data: str
    split: Split
    folds: int
    epochs: int
    examples_an_epoch: int | None
    cost: float
    weights: int
    healthy: int
    infected: int
    figures: dict[str, float | None]
    intervals: dict[str, Interval | None]
    auroc_by_stage: dict[str, float]
    accuracy: float | None


def compare(
    architecture: str,
    sets: Sequence[LabelledCells],
    how: FitSettings,
    split: Split,
    folds: Sequence[int],
    settings: Settings,
    folder: Path | None = None,
) -> list[Compared]:
    """Train one family and measure it on what was held out.

    Parameters
    ----------
    architecture
        Name of the family.
    sets
        Labelled cells.
    how
        How long and how fast to learn.
    split
        What is held out.
    folds
        Which of the five fifths are held out, one after the other.
    settings
        How many threads score.
    folder
        See :func:`workers.training.cross_validate.cross_validate`.

    Returns
    -------
    One for each set.
    """
    if split == "across":
        pairs = [(seen, [other for other in sets if other is not seen]) for seen in sets]
        found = [
            held
            for seen, others in pairs
            if others
            for held in across(architecture, seen, others, how, settings)
        ]
    else:
        divided = sets if split == "groups" else [_by_cell(cells, how.seed) for cells in sets]
        found = cross_validate(architecture, divided, how, folds, settings, folder)
    cost = round(relative_cost(architecture), 2)
    return [_described(architecture, held, how, split, len(folds), cost) for held in found]


def _by_cell(cells: LabelledCells, seed: int) -> LabelledCells:
    """Forget the groups: every cell is its own."""
    shuffled = np.random.default_rng(seed).permutation(len(cells))
    return replace(cells, groups=shuffled.astype(np.int32), lost=None)


def _described(
    architecture: str, held: HeldOut, how: FitSettings, split: Split, folds: int, cost: float
) -> Compared:
    cells, infected = held.cells, held.cells.infected
    measured = measure(cells, FIGURES, NO_THRESHOLD, Resampling())
    right = (held.scores > 0) == infected
    return Compared(
        model=architecture,
        data=held.data,
        split=split,
        folds=folds if split != "across" else 1,
        epochs=how.epochs,
        examples_an_epoch=how.examples_an_epoch,
        cost=cost,
        weights=sum(values.numel() for values in build(architecture).parameters()),
        healthy=int((~infected).sum()),
        infected=int(infected.sum()),
        figures=measured.figures,
        intervals=measured.intervals,
        auroc_by_stage=_by_stage(held),
        accuracy=float(right.mean()) if family(architecture).learns_from == "labels" else None,
    )


def _by_stage(held: HeldOut) -> dict[str, float]:
    cells, infected, found = held.cells, held.cells.infected, {}
    stages, counts = np.unique(cells.labels[infected], return_counts=True)
    for stage in stages[counts >= LEAST_OF_A_STAGE].tolist():
        chosen = np.isin(cells.labels, [HEALTHY, stage])
        curve = Curve.of(cells.scores[chosen], infected[chosen])
        found[stage] = round(auroc(curve), DECIMALS)
    return found
