"""Fits a model further with cells that people have judged; measures it against the one before."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from config import Settings, UsageError
from workers.artefact import Artefact
from workers.load_detector import load_detector
from workers.models import build
from workers.score import Scorer
from workers.thresholds.threshold import Budget
from workers.training.curves import Epoch
from workers.training.datasets import DataError, Part
from workers.training.datasets.cells import FIFTHS
from workers.training.examples import Examples
from workers.training.fit import fit
from workers.training.fit_settings import FitSettings
from workers.training.machine import machine
from workers.training.material import Material, in_part
from workers.training.measured_score import detector_of
from workers.training.recipes import Recipe, recipe_of
from workers.training.retrained_card import retrained_card
from workers.training.train import scorer_of
from workers.training.versus import Compared, compare
from workers.training.watch import Watch, unwatched
from workers.training.write_artefact import sha256_of, weights_of, write_artefact

Crops = NDArray[np.uint8]
FURTHER = FitSettings(epochs=3, learning_rate=5e-4, anomalous_share=0.1, examples_an_epoch=5_000)
"""How a network that has learned already learns further."""
SAME_WEIGHTS = {"draem", "draem-few"}
"""Families whose networks take each other's weights."""


class Retrained(msgspec.Struct, frozen=True):
    """A model that has learned further.

    Attributes
    ----------
    model_id, folder
        Of the new artefact.
    base_id
        Of the one that it was compared with, and whose weights it started from if ``further``.
    further
        Whether it started from these weights.
    infected, healthy
        Reviewed cells that it learned from.
    presumed
        Random cells that nobody judged, taken to be healthy.
    seconds
        Spent learning.
    threshold
        From which score on a cell is flagged.
    compared
        Both models on each part that was held out.
    """

    model_id: str
    folder: str
    base_id: str
    further: bool
    infected: int
    healthy: int
    presumed: int
    seconds: float
    threshold: float
    compared: tuple[Compared, ...]


def retrain(
    base: Artefact,
    recipe: Recipe,
    further: bool,
    material: Material,
    budget: Budget,
    output: Path,
    settings: Settings,
    watch: Watch = unwatched,
) -> tuple[Artefact, Retrained]:
    """Fit a family that learns from some labels, and compare it with ``base``.

    Parameters
    ----------
    base
        The model before.
    recipe, further
        From :func:`recipe_for`: which family, for how long and how fast, and whether the weights
        of ``base`` are the start.
    material
        What it learns from; what is held out is measured only.
    budget
        Which threshold it gets.
    output
        Folder of the new artefact, named after it.
    settings
        Of the device.
    watch
        Who is told of each step.

    Raises
    ------
    DataError
        The slides that are not held out have no infected or no healthy cell.
    """
    _refuse_too_little(material)
    started = time.monotonic()
    start = base if further else None
    network, epochs = _fitted(start, recipe, material, settings, watch)
    seconds = time.monotonic() - started
    scorer = scorer_of(detector_of(network, recipe, [material.random]), settings)
    weights = weights_of(scorer.detector)
    card = retrained_card(output.name, base, recipe, scorer, sha256_of(weights), budget, material)
    artefact = write_artefact(output, card, weights, epochs)
    worker = settings.worker
    before = Scorer.load(base, worker.device, worker.threads, worker.batch_size)
    learned = material.reviewed.only(~in_part(material.reviewed, "held out"))
    return artefact, Retrained(
        model_id=artefact.model_id,
        folder=str(artefact.folder),
        base_id=base.model_id,
        further=further,
        infected=int(learned.infected.sum()),
        healthy=int((~learned.infected).sum()),
        presumed=material.presumed,
        seconds=round(seconds, 1),
        threshold=card.threshold,
        compared=compare(
            [material.reviewed, *material.more],
            (before, base.card.threshold),
            (scorer, card.threshold),
        ),
    )


def recipe_for(family: str, base: Artefact) -> tuple[Recipe, bool]:
    """Give the recipe of a family, and whether the weights of ``base`` are its start.

    Raises
    ------
    UsageError
        The family does not learn from some labels.
    """
    plain = recipe_of(family)
    if plain.labelled in (0, None):
        raise UsageError(f"{family} does not learn from a few labels: use draem-few or deep-sad")
    if not {family, base.card.architecture} <= SAME_WEIGHTS:
        return plain, False
    seeing = plain.seeing(base.card.normalisation)
    return replace(seeing, score=base.card.score, fit=FURTHER, config=base.card.config), True


def _fitted(
    start: Artefact | None,
    recipe: Recipe,
    material: Material,
    settings: Settings,
    watch: Watch,
) -> tuple[nn.Module, list[Epoch]]:
    torch.manual_seed(recipe.fit.seed)
    network = build(recipe.architecture, **recipe.config)
    if start is not None:
        network.load_state_dict(load_detector(start).network.state_dict())
    training, validation = _training(material), _validation(material)
    if not len(validation):
        training, validation = _every_fifth(training)
    with machine(settings.worker.device) as here:
        epochs = fit(
            network, training, validation, recipe.task, recipe.fit, machine=here, watch=watch
        )
    return network.cpu(), epochs


def _training(material: Material) -> Examples:
    """Give the judged cells as a set of their own, so that the few are drawn as often as the many.

    Of the healthy ones among them most were flagged: these are what the model has to learn.
    """
    judged, random = material.judged, material.random.part("training")
    sets = [(cells.crops, cells.infected) for cells in (judged, random) if len(cells)]
    return Examples.of([*sets, *_healthy(material, "training")])


def _validation(material: Material) -> Examples:
    random = material.random.part("validation")
    return Examples.of([(random.crops, random.infected), *_healthy(material, "validation")])


def _healthy(material: Material, part: Part) -> Iterator[tuple[Crops, NDArray[np.bool_]]]:
    for cells in material.more:
        chosen = cells.part(part).healthy()
        yield chosen.crops, chosen.infected


def _every_fifth(training: Examples) -> tuple[Examples, Examples]:
    """Set examples of both kinds apart for stopping, where no slide validates."""
    order = np.argsort(training.anomalous, kind="stable")
    apart = np.arange(len(order)) % FIFTHS == FIFTHS - 1
    return training.only(order[~apart]), training.only(order[apart])


def _refuse_too_little(material: Material) -> None:
    judged = material.judged
    if not judged.infected.any():
        raise DataError(
            "there is no reviewed infected cell to learn from (one slide in five is held out): "
            "review more slides"
        )
    training = _training(material)
    if training.anomalous.all():
        raise DataError("there is no healthy cell to learn from: review some, or give --data")
