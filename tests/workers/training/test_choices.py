"""What a user may choose of a training: what fits is taken, the rest refused without data."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from config import SmearwatchError, UsageError
from workers.evidence import ScoreError
from workers.models import FAMILIES, NetworkConfigError, build
from workers.models.pretrained import PretrainedError
from workers.training import Choices, chosen, recipe_of
from workers.training.choices import LossChoiceError, check_recipe
from workers.training.recipes import recipes
from workers.training.scores import SCORES

NONE = Choices()


@pytest.mark.parametrize("name", FAMILIES)
def test_without_a_choice_a_recipe_stays_and_fits(name: str) -> None:
    recipe = recipe_of(name)
    assert chosen(recipe, NONE) == recipe
    check_recipe(recipe)


def test_what_is_chosen_is_in_the_recipe() -> None:
    choices = Choices(
        colours="grey", blur_px=1.0, score="top", loss="ssim", activity_l1=0.1, output="relu"
    )
    recipe = chosen(recipe_of("conv"), choices)
    assert (recipe.task.normalisation.colours, recipe.task.normalisation.blur_px) == ("grey", 1)
    assert (recipe.score.kind, recipe.fit.loss) == ("top", "ssim")
    assert recipe.config == {"activity_l1": 0.1, "output": "relu"}
    check_recipe(recipe)


def test_a_default_that_is_chosen_is_no_setting_of_the_network() -> None:
    assert chosen(recipe_of("conv"), Choices(output="linear", activity_l1=0.0)).config == {}


@pytest.mark.parametrize("name", SCORES)
def test_every_score_has_a_family_and_takes_hue(name: str) -> None:
    fitting = []
    for recipe in recipes().values():
        hued = chosen(recipe, Choices(colours="hsv", score=name))
        assert all(one.error != "darker" for one in hued.score.simple())
        try:
            check_recipe(hued)
        except ScoreError:
            continue
        fitting.append(recipe.architecture)
    assert fitting
    assert len(fitting) < len(FAMILIES)


@pytest.mark.parametrize(
    ("family", "choices", "error", "message"),
    [
        ("conv", Choices(score="tip"), UsageError, "score tip: unknown; did you mean top?"),
        ("conv", Choices(blur_px=-1.0), UsageError, "blur_px: must be in 0..10"),
        ("conv", Choices(weights=Path("x")), UsageError, "not for conv; use vgg16 or resnet34"),
        ("svdd", Choices(output="relu"), UsageError, "last-layer: not for svdd; use conv, "),
        ("resnet34", Choices(frozen=True), UsageError, "frozen: without weights"),
        ("conv", Choices(score="learned"), ScoreError, "score learned: .* use draem"),
        ("conv", Choices(score="learned-combined"), ScoreError, "score learned: .* use draem"),
        ("svdd", Choices(score="standardised"), ScoreError, "use an autoencoder"),
        ("svdd", Choices(loss="ssim"), LossChoiceError, "loss ssim: svdd rebuilds nothing"),
        ("conv", Choices(activity_l1=-1.0), NetworkConfigError, "activity_l1 -1.0 must be"),
        ("vgg16", Choices(weights=Path("no/file")), PretrainedError, "no/file: no safetensors"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(
    family: str, choices: Choices, error: type[SmearwatchError], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        check_recipe(chosen(recipe_of(family), choices))
    assert "\n" not in str(caught.value)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "vgg16.safetensors"
    save_file({"features.0.weight": torch.zeros(3)}, path)
    recipe = chosen(recipe_of("resnet34"), Choices(weights=path, frozen=True))
    with pytest.raises(PretrainedError, match=r"conv1\.weight is missing"):
        check_recipe(recipe)


def test_checking_a_recipe_takes_nothing_from_the_chance_of_others() -> None:
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    check_recipe(recipe_of("conv-wide"))
    assert torch.equal(torch.rand(1), expected)


def test_frozen_weights_are_read(tmp_path: Path) -> None:
    path = tmp_path / "features.safetensors"
    features = build("resnet34").features.state_dict()
    save_file(features, path)
    recipe = chosen(recipe_of("resnet34"), Choices(weights=path, frozen=True))
    network = build(recipe.architecture, **recipe.config)
    assert torch.equal(network.features.state_dict()["conv1.weight"], features["conv1.weight"])
    check_recipe(recipe)
