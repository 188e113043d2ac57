"""Scores that rest on healthy cells: measured on those of the training part, kept in artefacts."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from config import load
from workers.artefact import Artefact
from workers.evidence import ScoreError
from workers.explain import explain
from workers.inputs import normalise
from workers.models import build
from workers.score import Scorer
from workers.training import Choices, chosen, recipe_of
from workers.training.datasets import HEALTHY, LabelledCells, Origin
from workers.training.measured_score import detector_of
from workers.training.new_card import new_card
from workers.training.recipes import Recipe
from workers.training.train import scorer_of
from workers.training.write_artefact import sha256_of, weights_of, write_artefact

Cells = Callable[..., np.ndarray]
GROUPS, EACH = 10, 8
SETTINGS = load(environ={}, overrides={"worker.threads": 1})


@pytest.fixture(scope="module")
def labelled(cells: Cells, with_lesion: Cells) -> LabelledCells:
    """Ten groups of eight cells, one in four with a dark dot."""
    crops = cells(GROUPS * EACH)
    infected = np.arange(len(crops)) % 4 == 0
    crops[infected] = with_lesion(crops[infected])
    groups = np.repeat(np.arange(GROUPS, dtype=np.int32), EACH)
    labels = np.where(infected, "ring", HEALTHY)
    return LabelledCells(Origin("made", "", "", ""), crops, labels, groups)


def untrained(recipe: Recipe) -> torch.nn.Module:
    torch.manual_seed(0)
    return build(recipe.architecture, **recipe.config)


def written(recipe: Recipe, sets: list[LabelledCells], folder: Path) -> tuple[Scorer, Artefact]:
    scorer = scorer_of(detector_of(untrained(recipe), recipe, sets), SETTINGS)
    weights = weights_of(scorer.detector)
    card = new_card(folder.name, recipe, sha256_of(weights), scorer, sets)
    return scorer, write_artefact(folder, card, weights)


def test_errors_are_those_of_the_healthy_training_cells(labelled: LabelledCells) -> None:
    recipe = chosen(recipe_of("conv-wide"), Choices(score="standardised"))
    found = detector_of(untrained(recipe), recipe, [labelled], fold=2).healthy
    assert found is not None
    crops = torch.from_numpy(labelled.part("training", 2).healthy().crops)
    inputs = normalise(crops, 255, recipe.task.normalisation)
    with torch.no_grad():
        rebuilt = untrained(recipe).eval()(inputs.pixels).reconstruction
    errors = (rebuilt - inputs.pixels).relu().square().mean(1)
    everywhere = inputs.mask.amin((0, 1)) > 0
    spread = torch.where(everywhere, errors.std(0, correction=0), 0)
    place = spread == spread.max()  # Where healthy cells hardly differ a least spread is taken.
    torch.testing.assert_close(found.mean[0, 0, place], errors[:, place].mean(0))
    torch.testing.assert_close(found.spread[0, 0, place], spread[place], rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize(
    ("family", "score"), [("conv-wide", "combined"), ("draem", "learned-combined")]
)
def test_parts_count_in_deviations_of_the_healthy_training_cells(
    labelled: LabelledCells, family: str, score: str
) -> None:
    recipe = chosen(recipe_of(family), Choices(score=score))
    detector = detector_of(untrained(recipe), recipe, [labelled])
    crops = labelled.part("training").healthy().crops
    for part in detector.settings.parts:
        alone = replace(recipe, score=part.score)
        scores = scorer_of(detector_of(untrained(alone), alone, []), SETTINGS).score(crops).scores
        assert part.mean == pytest.approx(scores.mean(), rel=1e-4)
        assert part.deviation == pytest.approx(scores.std(), rel=1e-3)
    assert scorer_of(detector, SETTINGS).score(crops).scores.mean() == pytest.approx(0, abs=1e-3)


def test_a_part_that_never_differs_is_refused(labelled: LabelledCells) -> None:
    recipe = chosen(recipe_of("conv-wide"), Choices(score="combined"))
    healthy = labelled.part("training").healthy()
    one = healthy.only(np.arange(len(healthy)) == 0)
    with pytest.raises(ScoreError, match="is the same for all 1 healthy cells"):
        detector_of(untrained(recipe), recipe, [one])


@pytest.mark.parametrize(
    ("family", "choices"),
    [
        ("conv-wide", Choices(score="standardised", colours="hsv", blur_px=0.7)),
        ("conv-wide", Choices(score="combined", colours="grey", output="relu", activity_l1=0.1)),
        ("draem", Choices(score="learned-combined")),
        ("svdd", Choices(colours="hsv")),
    ],
    ids=["standardised", "combined", "learned-combined", "distance"],
)
def test_an_artefact_scores_and_explains_like_the_model_it_was_written_from(
    labelled: LabelledCells, tmp_path: Path, family: str, choices: Choices
) -> None:
    recipe = chosen(recipe_of(family), choices)
    scorer, artefact = written(recipe, [labelled], tmp_path / "mine")
    read = Scorer.load(artefact, "cpu", 1, 32)
    crops = labelled.crops[:40]
    expected, found = scorer.score(crops), read.score(crops)
    assert np.isfinite(found.scores).all()
    np.testing.assert_array_equal(found.scores, expected.scores)
    np.testing.assert_array_equal(found.boxes, expected.boxes)
    assert artefact.card.config == recipe.config
    explained = explain(read, crops)
    np.testing.assert_array_equal(explained.scores, found.scores)
    assert (explained.error_maps is None) == (family == "svdd")
    if explained.error_maps is not None:
        assert 0 <= explained.error_maps.min() <= explained.error_maps.max() <= 1


def test_what_only_a_training_needs_stays_out_of_the_card(
    labelled: LabelledCells, tmp_path: Path
) -> None:
    recipe = replace(recipe_of("conv"), config={"output": "relu", "frozen": True})
    scorer = scorer_of(detector_of(build("conv"), recipe, [labelled]), SETTINGS)
    card = new_card("mine", recipe, "0", scorer, [labelled])
    assert card.config == {"output": "relu"}
    assert msgspec.to_builtins(card)["config"] == {"output": "relu"}
