"""Trains a model from the data folder to a finished artefact."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from config import Settings, StoppedError
from workers.artefact import Artefact
from workers.detector import Detector
from workers.score import CPU_SLICE, Scorer
from workers.training.choices import check_recipe
from workers.training.datasets import DataError, LabelledCells, find_sets, read_set
from workers.training.fit_cells import fit_cells
from workers.training.machine import machine
from workers.training.measured_score import detector_of
from workers.training.new_card import new_card
from workers.training.recipes import Recipe
from workers.training.watch import Watch, unwatched
from workers.training.write_artefact import refuse_output, sha256_of, weights_of, write_artefact

logger = logging.getLogger(__name__)


def train(
    data: Path,
    output: Path,
    settings: Settings,
    recipe: Recipe,
    overwrite: bool,
    watch: Watch = unwatched,
) -> Artefact | None:
    """Train on the healthy cells of the labelled sets in a folder.

    Parameters
    ----------
    data
        A set in the format of ``malaria-fields`` or ``nih-cells``, or a folder that holds some.
    output
        Folder of the new artefact, named after it.
    settings
        Of the segmenter and of the device.
    recipe
        Which family, how it is trained and scored.
    overwrite
        Replace an artefact that is there.
    watch
        Who is told of each step.

    Returns
    -------
    The artefact; None in all but the first of several processes that train together.

    A training that is stopped goes on after its last whole pass when it is asked for again:
    until the end, all stands in a hidden file beside ``output``.

    Raises
    ------
    UsageError
        ``output`` exists and may not be replaced.
    DataError
        The data are missing or broken.
    ProgressError
        Another training of this name was stopped.
    SmearwatchError
        The recipe fits no network, or its score not what the network gives; see
        :func:`workers.training.choices.check_recipe`.
    """
    refuse_output(output, overwrite)
    check_recipe(recipe)
    sets = read_sets(data, settings, recipe.fit.seed)
    saved = output.with_name(f".{output.name}.training")
    with machine(settings.worker.device) as here, _resumable(output, saved):
        network, epochs = fit_cells(recipe, sets, saved=saved, machine=here, watch=watch)
        if not here.leads:
            return None
    scorer = scorer_of(detector_of(network, recipe, sets), settings)
    weights = weights_of(scorer.detector)
    card = new_card(output.name, recipe, sha256_of(weights), scorer, sets)
    artefact = write_artefact(output, card, weights, epochs)
    saved.unlink(missing_ok=True)
    return artefact


@contextmanager
def _resumable(output: Path, saved: Path) -> Iterator[None]:
    """Say, when a training is interrupted, how it goes on."""
    try:
        yield
    except KeyboardInterrupt as stop:
        if not saved.exists():
            raise
        raise StoppedError(
            f"{output}: training interrupted; the same command goes on after the last whole pass"
        ) from stop


def read_sets(data: Path, settings: Settings, seed: int) -> list[LabelledCells]:
    """Read the labelled sets that ``data`` is or holds.

    Raises
    ------
    DataError
        There is none, or its held-out part lacks healthy or infected cells.
    """
    sets = [read_set(folder, settings, seed) for folder in find_sets(data)]
    for cells in sets:
        held_out = cells.part("held out")
        if held_out.infected.all() or not held_out.infected.any():
            raise DataError(
                f"{cells.origin.data}: the held-out part lacks healthy or infected cells"
            )
    return sets


def scorer_of(detector: Detector, settings: Settings) -> Scorer:
    """Make what scores cells with a network that was just trained, on the CPU."""
    threads = settings.worker.threads or os.cpu_count() or 1
    return Scorer(detector, torch.device("cpu"), threads, CPU_SLICE)
