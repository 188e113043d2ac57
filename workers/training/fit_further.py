"""Fits a network further: from the weights of a model, with few judged cells among many others."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from config import Settings, UsageError
from workers.artefact import Artefact
from workers.load_detector import load_detector
from workers.models import build
from workers.training.curves import Epoch
from workers.training.datasets import Part
from workers.training.datasets.cells import FIFTHS
from workers.training.examples import Examples
from workers.training.fit import fit
from workers.training.fit_settings import FitSettings
from workers.training.machine import machine
from workers.training.material import Material
from workers.training.recipes import Recipe, recipe_of
from workers.training.watch import Watch

Crops = NDArray[np.uint8]
FURTHER = FitSettings(
    epochs=3,
    learning_rate=3e-4,
    anomalous_share=0.1,
    class_weights=(1.0, 3.0),
    examples_an_epoch=5_000,
)
"""How a network that has learned already learns further."""
KEPT = 0.5
"""Share of the weights before in those after: the mean forgets less."""
SAME_WEIGHTS = {"draem", "draem-few"}
"""Families whose networks take each other's weights."""


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


def fit_further(
    start: Artefact | None,
    recipe: Recipe,
    material: Material,
    settings: Settings,
    watch: Watch,
) -> tuple[nn.Module, list[Epoch]]:
    """Fit the network of a recipe.

    Parameters
    ----------
    start
        The model whose weights it starts from; None: from chance.
    recipe
        Which family, for how long and how fast.
    material
        What it learns from.
    settings
        Of the device.
    watch
        Who is told of each step.

    Returns
    -------
    The network, on the CPU, and the losses of each pass.
    """
    torch.manual_seed(recipe.fit.seed)
    network = build(recipe.architecture, **recipe.config)
    before = None if start is None else load_detector(start).network.state_dict()
    if before is not None:
        network.load_state_dict(before)
    training, validation = training_examples(material), _validation(material)
    if not len(validation):
        training, validation = _every_fifth(training)
    with machine(settings.worker.device) as here:
        epochs = fit(
            network, training, validation, recipe.task, recipe.fit, machine=here, watch=watch
        )
    network.cpu()
    if before is not None:
        network.load_state_dict(_mean(before, network.state_dict()))
    return network, epochs


def _mean(before: dict[str, Tensor], after: dict[str, Tensor]) -> dict[str, Tensor]:
    """Average the weights of a network before and after it learned further.

    Notes
    -----
    Wortsman et al. 2022, Robust fine-tuning of zero-shot models, CVPR, 7959.
    """
    return {name: KEPT * before[name] + (1 - KEPT) * after[name] for name in after}


def training_examples(material: Material) -> Examples:
    """Give what is learned from.

    The judged cells are among the random ones; a set of their own would be learned by heart.
    """
    judged, random = material.judged, material.random.part("training")
    own = (
        np.concatenate([judged.crops, random.crops]),
        np.concatenate([judged.infected, random.infected]),
    )
    return Examples.of([own, *_healthy(material, "training")])


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
