"""Fits a model further with cells that people have judged; measures it against the one before."""

import time
from pathlib import Path

import msgspec

from config import Settings
from workers.artefact import Artefact
from workers.score import Scorer
from workers.thresholds.threshold import Budget
from workers.training.datasets import DataError
from workers.training.fit_further import fit_further, training_examples
from workers.training.material import Material, in_part
from workers.training.measured_score import detector_of
from workers.training.recipes import Recipe
from workers.training.retrained_card import retrained_card
from workers.training.train import scorer_of
from workers.training.versus import Compared, compare
from workers.training.watch import Watch, unwatched
from workers.training.write_artefact import sha256_of, weights_of, write_artefact


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
        From :func:`workers.training.fit_further.recipe_for`: which family, for how long and how
        fast, and whether the weights of ``base`` are the start.
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
    network, epochs = fit_further(start, recipe, material, settings, watch)
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


def _refuse_too_little(material: Material) -> None:
    judged = material.judged
    if not judged.infected.any():
        raise DataError(
            "there is no reviewed infected cell to learn from (one slide in five is held out): "
            "review more slides"
        )
    training = training_examples(material)
    if training.anomalous.all():
        raise DataError("there is no healthy cell to learn from: review some, or give --data")
