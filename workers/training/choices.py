"""What a user may choose of a training, and whether it fits the family."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

import msgspec
import torch

from config import SmearwatchError, UsageError
from workers.card import Colours, ConfigValue
from workers.check_card import problems_of_meaning
from workers.evidence import check_gives
from workers.messages import CROP_SHAPE
from workers.models import FAMILIES, build, family
from workers.training.objective import Loss
from workers.training.recipes import Recipe
from workers.training.scores import in_hue, score_named

ONLY_FOR_TRAINING = ("weights", "frozen")
"""Settings of networks that no artefact needs."""
USUAL_LOSS: Loss = "mse"
SETTINGS = {
    "activity_l1": "activity-l1",
    "output": "last-layer",
    "weights": "weights",
    "frozen": "frozen",
}
"""Settings of networks that may be chosen, and how a user calls them."""


class LossChoiceError(SmearwatchError):
    """A family rebuilds nothing that a loss could be of."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a user chooses; None: as the family's recipe has it.

    Attributes
    ----------
    colours, blur_px
        See :class:`workers.card.Normalisation`.
    score
        Name in :data:`workers.training.scores.SCORES`.
    loss
        Of the reconstruction.
    activity_l1, output
        See :class:`workers.models.autoencoder.AutoencoderConfig`.
    weights, frozen
        See :class:`workers.models.pretrained.PretrainedConfig`.
    """

    colours: Colours | None = None
    blur_px: float | None = None
    score: str | None = None
    loss: Loss | None = None
    activity_l1: float | None = None
    output: Literal["linear", "relu"] | None = None
    weights: Path | None = None
    frozen: bool | None = None


def chosen(recipe: Recipe, choices: Choices) -> Recipe:
    """Give a recipe with what the user chose.

    Raises
    ------
    UsageError
        The family has no such setting, a value makes no sense, or two do not go together.
    """
    inputs = {"colours": choices.colours, "blur_px": choices.blur_px}
    how = msgspec.structs.replace(recipe.task.normalisation, **_given(inputs))
    score = recipe.score if choices.score is None else score_named(choices.score)
    if how.colours == "hsv":
        score = in_hue(score)
    for problem in problems_of_meaning(how, score):
        raise UsageError(problem)
    fit = msgspec.structs.replace(recipe.fit, **_given({"loss": choices.loss}))
    config = {**recipe.config, **_config(recipe.architecture, choices)}
    return replace(recipe.seeing(how), score=score, fit=fit, config=config)


def check_recipe(recipe: Recipe) -> None:
    """Build the network and let it look at nothing, before any data are read.

    Raises
    ------
    UnknownModelError
        No network has this name.
    NetworkConfigError
        A setting of the network makes no sense.
    PretrainedError
        The file of weights is missing or broken.
    ScoreError
        The network does not give what the score is made of.
    LossChoiceError
        It rebuilds nothing, and another loss than the usual one is asked for.
    """
    with torch.random.fork_rng(devices=[]):
        network = build(recipe.architecture, **recipe.config)
    output = check_gives(network, CROP_SHAPE, recipe.score)
    if recipe.fit.loss != USUAL_LOSS and output.reconstruction is None:
        raise LossChoiceError(
            f"loss {recipe.fit.loss}: {recipe.architecture} rebuilds nothing; leave it out or "
            "choose an autoencoder"
        )


def _given(choices: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in choices.items() if value is not None}


def _config(architecture: str, choices: Choices) -> dict[str, ConfigValue | Path]:
    """Give the settings of the network that were chosen and are not its default."""
    given = _given({name: getattr(choices, name) for name in SETTINGS})
    usual = {field.name: field.default for field in fields(family(architecture).config)}
    for name in given:
        if name not in usual:
            known = _families_with(name)
            raise UsageError(f"{SETTINGS[name]}: not for {architecture}; use {known}")
    if given.get("frozen") and "weights" not in given:
        raise UsageError("frozen: without weights the features would stay as chance made them")
    return {name: value for name, value in given.items() if value != usual[name]}


def _families_with(setting: str) -> str:
    found = [
        name
        for name, one in FAMILIES.items()
        if setting in {field.name for field in fields(one.config)}
    ]
    return ", ".join(found[:-1]) + " or " + found[-1]
