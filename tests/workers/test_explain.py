"""What a score is made of, of every family, with the bits of the score itself."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from workers.artefact import load_card
from workers.card import Normalisation
from workers.detector import Detector
from workers.explain import Explanations, explain
from workers.models import FAMILIES, build
from workers.score import CropError, Scorer
from workers.score_settings import ScoreSettings

Crops = NDArray[np.uint8]
Cells = Callable[..., Crops]
HOW = Normalisation("cell-mean", 64.0)
LOCAL = "masked-local-maximum"


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    """A plain autoencoder on one thread."""
    return Scorer.load(load_card("conv-wide"), "cpu", 1, 256)


@pytest.fixture(scope="module")
def marking() -> Scorer:
    """The model of the default settings, which marks lesions itself."""
    return Scorer.load(load_card("draem"), "cpu", 1, 256)


def scorer_of(name: str, settings: ScoreSettings) -> Scorer:
    torch.manual_seed(0)
    detector = Detector(build(name), 255, HOW, settings)
    return Scorer(detector, torch.device("cpu"), 1, 16)


def settings_for(name: str) -> ScoreSettings:
    """A score that the family can give."""
    if FAMILIES[name].learns_from == "labels":
        return ScoreSettings("logit", "squared", 4, 3)
    if name in {"svdd", "deep-sad"}:
        return ScoreSettings("latent-distance", "squared", 4, 3)
    return ScoreSettings(LOCAL, "learned" if name == "draem" else "squared", 4, 3)


def highest_at(explained: Explanations) -> NDArray[np.int64]:
    assert explained.error_maps is not None
    places = explained.error_maps.reshape(len(explained.scores), -1).argmax(1)
    return np.stack(np.unravel_index(places, (64, 64)), 1)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_is_explained_as_far_as_it_can_be(name: str, cells: Cells) -> None:
    crops = cells(3)
    scorer = scorer_of(name, settings_for(name))
    explained = explain(scorer, crops)
    assert np.array_equal(explained.scores, scorer.score(crops).scores)
    assert np.array_equal(explained.boxes, scorer.score(crops).boxes)
    rebuilds = settings_for(name).kind == LOCAL
    assert (explained.reconstructions is not None) == rebuilds
    assert (explained.error_maps is not None) == rebuilds


def test_scores_have_the_bits_of_the_worker_in_any_number(scorer: Scorer, cells: Cells) -> None:
    crops = cells(70)
    counted = Scorer.load(load_card("conv-wide"), "cpu", 2, 256).score(crops)
    for some in (slice(0, 70), slice(3, 4), slice(31, 66)):
        explained = explain(scorer, crops[some])
        assert np.array_equal(explained.scores, counted.scores[some])
        assert np.array_equal(explained.boxes, counted.boxes[some])


def test_maps_are_highest_within_the_box_and_zero_where_nothing_counts(
    scorer: Scorer, cells: Cells, with_lesion: Cells
) -> None:
    crops = with_lesion(cells(40))
    explained = explain(scorer, crops)
    maps = explained.error_maps
    assert maps is not None
    assert maps.shape == (40, 64, 64)
    assert maps.dtype == np.float32
    assert (maps.max((1, 2)) == 1).all()
    assert maps.min() == 0
    assert not maps[(crops == 255).all(3)].any()
    places, boxes = highest_at(explained), explained.boxes
    assert ((boxes[:, :2] <= places) & (places < boxes[:, 2:])).all()


def test_reconstructions_look_like_the_cell_but_lack_the_lesion(
    marking: Scorer, cells: Cells, with_lesion: Cells
) -> None:
    healthy = cells(8)
    rebuilt = explain(marking, with_lesion(healthy)).reconstructions
    assert rebuilt is not None
    assert rebuilt.shape == healthy.shape
    assert rebuilt.dtype == np.uint8
    outside = (healthy == 255).all(3)
    assert (rebuilt[outside] == 255).all()
    off = np.abs(rebuilt.astype(int) - healthy.astype(int))[~outside]
    assert off.mean() < 12
    middle = rebuilt[:, 38, 24].astype(int)
    dot, cell = np.array([110, 50, 130]), healthy[:, 38, 24].astype(int)
    assert (np.abs(middle - cell).sum(1) < np.abs(middle - dot).sum(1)).all()


def test_a_learned_map_is_a_probability(cells: Cells) -> None:
    explained = explain(scorer_of("draem", settings_for("draem")), cells(2))
    maps = explained.error_maps
    assert maps is not None
    odds = np.log(np.expm1(explained.scores))  # The score is the softplus of the highest.
    np.testing.assert_allclose(maps.max((1, 2)), 1 / (1 + np.exp(-odds)), rtol=1e-4)


def test_a_crop_without_a_cell_has_an_empty_explanation(scorer: Scorer, cells: Cells) -> None:
    crops = cells(2)
    crops[0] = 255
    explained = explain(scorer, crops)
    assert np.isnan(explained.scores).tolist() == [True, False]
    assert not explained.boxes[0].any()
    assert explained.error_maps is not None
    assert explained.reconstructions is not None
    assert not explained.error_maps[0].any()
    assert (explained.reconstructions[0] == 255).all()


def test_no_cells_are_explained_by_nothing(scorer: Scorer, cells: Cells) -> None:
    explained = explain(scorer, cells(1)[:0])
    assert explained.error_maps is not None
    assert explained.error_maps.shape == (0, 64, 64)
    assert explained.reconstructions is not None
    assert explained.reconstructions.shape == (0, 64, 64, 3)


def test_crops_that_do_not_fit_are_refused(scorer: Scorer) -> None:
    with pytest.raises(CropError, match="the model takes uint8"):
        explain(scorer, np.zeros((1, 32, 32, 3), np.uint8))
