"""From an artefact to its network: what must be in the weights, and what the network must give."""

import hashlib
import shutil
from pathlib import Path

import msgspec
import pytest
import safetensors.torch
import torch

from workers.artefact import SHIPPED, Artefact, load_card
from workers.card import CARD_FILE, WEIGHTS_FILE, ArtefactError, dump_card
from workers.load_detector import HEALTHY_MEAN, HEALTHY_SPREAD, load_detector
from workers.models import build
from workers.score_settings import Part, ScoreSettings

PLAIN = ScoreSettings("masked-local-maximum", "squared", 4, 3)
STANDARDISED = msgspec.structs.replace(PLAIN, standardised=True)
LOGIT = ScoreSettings("logit", "squared", 0, 1)
Weights = dict[str, torch.Tensor]


def artefact(tmp_path: Path, weights: Weights, **changes: object) -> Artefact:
    """A copy of the shipped artefact with other weights, named rightly by its card."""
    folder = Path(shutil.copytree(SHIPPED / "conv-wide", tmp_path / "other"))
    content = safetensors.torch.save(weights)
    digest = hashlib.sha256(content).hexdigest()
    card = load_card("conv-wide").card
    card = msgspec.structs.replace(card, architecture="conv-wide", weights_sha256=digest, **changes)
    (folder / WEIGHTS_FILE).write_bytes(content)
    (folder / CARD_FILE).write_text(dump_card(card), "utf-8")
    return load_card(str(folder))


def with_healthy(mean: torch.Tensor, spread: torch.Tensor) -> Weights:
    return {**build("conv-wide").state_dict(), HEALTHY_MEAN: mean, HEALTHY_SPREAD: spread}


def test_errors_of_healthy_cells_come_from_the_weights_file(tmp_path: Path) -> None:
    mean, spread = torch.rand(1, 1, 64, 64), torch.rand(1, 1, 64, 64) + 0.1
    found = load_detector(artefact(tmp_path, with_healthy(mean, spread), score=STANDARDISED))
    assert found.healthy is not None
    assert torch.equal(found.healthy.mean, mean)
    assert torch.equal(found.healthy.spread, spread)


ONES = torch.ones(1, 1, 64, 64)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (build("conv-wide").state_dict(), "healthy.mean is missing"),
        (with_healthy(ONES, ONES[..., :32].contiguous()), r"healthy.spread is \(1, 1, 64, 32\)"),
        (with_healthy(ONES, 0 * ONES), "healthy.spread must be positive"),
        (with_healthy(ONES * torch.nan, ONES), "healthy.mean holds values that are not finite"),
    ],
    ids=["missing", "shape", "zero", "nan"],
)
def test_errors_of_healthy_cells_that_do_not_fit_are_refused(
    tmp_path: Path, weights: Weights, message: str
) -> None:
    with pytest.raises(ArtefactError, match=message) as caught:
        load_detector(artefact(tmp_path, weights, score=STANDARDISED))
    assert "\n" not in str(caught.value)


def test_the_network_is_built_as_the_card_says(tmp_path: Path) -> None:
    config = {"output": "relu", "filters": (8, 16)}
    weights = build("conv-wide", **config).state_dict()
    found = load_detector(artefact(tmp_path, weights, config=config, score=PLAIN))
    with torch.no_grad():
        rebuilt = found.network(torch.randn(1, 3, 64, 64)).reconstruction
    assert (rebuilt >= 0).all()


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"outputs": "relu"}, "outputs is no setting of it; did you mean output"),
        ({"output": "sigmoid"}, "config: .*sigmoid"),
        ({"filters": "wide"}, "config: .*filters"),
        ({"filters": (8, 0)}, "too small"),
        ({"size": 32}, "card.yaml: inputs: "),
    ],
    ids=["name", "value", "type", "sense", "size"],
)
def test_a_configuration_that_fits_no_network_is_refused(
    tmp_path: Path, config: dict, message: str
) -> None:
    with pytest.raises(ArtefactError, match=message) as caught:
        load_detector(artefact(tmp_path, build("conv-wide").state_dict(), config=config))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "score",
    [LOGIT, ScoreSettings("combined", "squared", 0, 1, parts=(Part(PLAIN), Part(LOGIT)))],
    ids=["alone", "as a part"],
)
def test_a_score_that_the_network_does_not_give_is_refused_when_it_is_loaded(
    tmp_path: Path, score: ScoreSettings
) -> None:
    with pytest.raises(ArtefactError, match=r"card.yaml: score logit: this network does not"):
        load_detector(artefact(tmp_path, build("conv-wide").state_dict(), score=score))
