"""Trains a model from the data folder to a finished artefact."""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from config import Settings, StoppedError
from segmenter import OUTSIDE
from workers.artefact import Artefact
from workers.card import Card, TrainingData
from workers.detector import Detector
from workers.evaluation.figures import figures
from workers.messages import CROP_SHAPE
from workers.rethreshold import with_scores, with_threshold
from workers.score import CPU_SLICE, Scorer
from workers.thresholds.choose import choose, in_words
from workers.thresholds.threshold import Budget
from workers.training.datasets import DataError, LabelledCells, find_sets, read_set
from workers.training.fit_cells import fit_cells
from workers.training.fit_settings import FitSettings
from workers.training.known_scores import known_scores
from workers.training.machine import machine
from workers.training.recipes import NORMALISATION, recipe_of
from workers.training.watch import Watch, unwatched
from workers.training.write_artefact import refuse_output, sha256_of, weights_of, write_artefact

logger = logging.getLogger(__name__)

RULE = Budget(per_million=2_000)
LIMITS = (
    "Flags what does not look like a healthy red blood cell; a flag is a suspicion, no diagnosis.",
    "Weights and threshold come from healthy cells only; which error, erosion and window the score "
    "takes was chosen on labelled cells of the groups that are not held out.",
    "The figures of malaria-fields rest on the few infected cells that the segmenter found in the "
    "held-out part; infected cells that it sets apart, in clumps above all, are missed besides.",
    "Seen in training: P. falciparum and P. vivax slides of two laboratories only.",
    "Platelets on cells, stain deposits and neighbours inside an outline are flagged as well.",
    "A parasitemia below the rate of false flags, see error_rates, cannot be told from none.",
)


def train(
    data: Path,
    output: Path,
    settings: Settings,
    architecture: str,
    how: FitSettings,
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
    architecture
        Name of the family, see :mod:`workers.models`.
    how
        How long and how fast to learn.
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
    """
    refuse_output(output, overwrite)
    recipe_of(architecture)
    sets = read_sets(data, settings, how.seed)
    saved = output.with_name(f".{output.name}.training")
    with machine(settings.worker.device) as here, _resumable(output, saved):
        network, epochs = fit_cells(architecture, sets, how, saved=saved, machine=here, watch=watch)
        if not here.leads:
            return None
    scorer = scorer_of(network, architecture, settings)
    weights = weights_of(network)
    card = _card(output.name, architecture, sha256_of(weights), scorer, sets)
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


def scorer_of(network: nn.Module, architecture: str, settings: Settings) -> Scorer:
    """Make what scores cells with a network that was just trained, on the CPU."""
    detector = Detector(network, OUTSIDE, NORMALISATION, recipe_of(architecture).score)
    threads = settings.worker.threads or os.cpu_count() or 1
    return Scorer(detector, torch.device("cpu"), threads, CPU_SLICE)


def _card(
    name: str, architecture: str, sha256: str, scorer: Scorer, sets: Sequence[LabelledCells]
) -> Card:
    # The threshold is for cells as the segmenter cuts them: the first set, where there are two.
    known = known_scores(scorer, sets[0], [sets[0].origin.data])
    threshold = choose(RULE, known.healthy).value
    card = Card(
        name=name,
        architecture=architecture,
        input_shape=CROP_SHAPE,
        outside_value=OUTSIDE,
        normalisation=NORMALISATION,
        score=recipe_of(architecture).score,
        threshold=threshold,
        threshold_rule=in_words(RULE),
        healthy_quantiles=(),
        trained_on=tuple(_described(cells) for cells in sets),
        figures={cells.origin.data: _measured(scorer, cells, threshold) for cells in sets},
        limits=LIMITS,
        created=datetime.now(UTC).date().isoformat(),
        weights_sha256=sha256,
    )
    card = with_scores(card, known.healthy, known.infected)
    return with_threshold(card, RULE, known.healthy, known.infected)[1]


def _described(cells: LabelledCells) -> TrainingData:
    held_out = cells.part("held out")
    return TrainingData(
        data=cells.origin.data,
        source=cells.origin.source,
        licence=cells.origin.licence,
        split=cells.origin.split,
        training_cells=len(cells.part("training").healthy()),
        validation_cells=len(cells.part("validation").healthy()),
        held_out_healthy=int((~held_out.infected).sum()),
        held_out_infected=int(held_out.infected.sum()),
        digest=cells.origin.digest,
    )


def _measured(scorer: Scorer, cells: LabelledCells, threshold: float) -> dict[str, float]:
    held_out = cells.part("held out")
    healthy = _finite(scorer, held_out.crops[~held_out.infected])
    infected = _finite(scorer, held_out.crops[held_out.infected])
    return figures(healthy, infected, threshold)


def _finite(scorer: Scorer, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    scores = scorer.score(crops).scores
    return scores[np.isfinite(scores)]
