"""Fits one family to the cells of some data sets, as its recipe says."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from workers.models import build
from workers.training.curves import Epoch
from workers.training.datasets import FIFTHS, LabelledCells, Part
from workers.training.examples import Examples
from workers.training.fit import fit
from workers.training.machine import CPU, Machine
from workers.training.recipes import Recipe
from workers.training.watch import Watch, unwatched

MOST_VALIDATED = 2_000
"""Cells of a set that each pass is validated on; more would say the same later."""


def fit_cells(
    recipe: Recipe,
    sets: Sequence[LabelledCells],
    fold: int = FIFTHS - 1,
    saved: Path | None = None,
    machine: Machine = CPU,
    watch: Watch = unwatched,
) -> tuple[nn.Module, list[Epoch]]:
    """Fit a family to all but the held-out and the validating groups.

    Parameters
    ----------
    recipe
        Which family, what it is asked to do, how long and how fast to learn.
    sets
        Labelled cells; infected ones are used only as far as the recipe says.
    fold
        Which of each five groups is held out.
    saved, machine, watch
        See :func:`workers.training.fit.fit`.

    Returns
    -------
    The network, on the CPU, and the losses of each pass.
    """
    how = recipe.fit
    torch.manual_seed(how.seed)
    network = build(recipe.architecture, **recipe.config)
    to_learn, to_judge = _shared_out(recipe.labelled, len(sets))
    training = _examples(sets, "training", fold, to_learn, how.seed)
    validation = _examples(sets, "validation", fold, to_judge, how.seed)
    validation = _fewer(validation, len(sets), how.seed)
    epochs = fit(network, training, validation, recipe.task, how, saved, machine, watch)
    return network.cpu(), epochs


def _shared_out(labelled: int | None, sets: int) -> tuple[int | None, int | None]:
    """Share labelled infected cells out, of each set as many; one in five decides when to stop."""
    if labelled is None:
        return None, None
    of_each = labelled // sets
    to_judge = of_each // FIFTHS
    return of_each - to_judge, to_judge


def _examples(
    sets: Sequence[LabelledCells], part: Part, fold: int, labelled: int | None, seed: int
) -> Examples:
    parts = [cells.part(part, fold) for cells in sets]
    kept = [cells.only(_with_labels(cells.infected, labelled, seed)) for cells in parts]
    return Examples.of([(cells.crops, cells.infected) for cells in kept])


def _with_labels(infected: NDArray[np.bool_], labelled: int | None, seed: int) -> NDArray[np.bool_]:
    """Keep healthy cells and some infected ones; None: all of them."""
    if labelled is None:
        return np.ones(len(infected), bool)
    kept = ~infected
    found = np.flatnonzero(infected)
    kept[np.random.default_rng(seed).permutation(found)[:labelled]] = True
    return kept


def _fewer(examples: Examples, sets: int, seed: int) -> Examples:
    """Keep all infected cells, and not more healthy ones than each pass has time for."""
    order = np.random.default_rng(seed).permutation(len(examples))
    healthy = order[~examples.anomalous[order]]
    return examples.only(
        np.concatenate([healthy[: sets * MOST_VALIDATED], order[examples.anomalous[order]]])
    )
