"""Opening artefacts: what is shipped, and every way in which one can be wrong."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from workers.artefact import SHIPPED, load_card
from workers.card import CARD_FILE, WEIGHTS_FILE, ArtefactError, dump_card

Change = Callable[[dict], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped artefact that a test may spoil."""
    return Path(shutil.copytree(SHIPPED / "conv-wide", tmp_path / "mine"))


def rewrite(folder: Path, change: Change) -> None:
    card = yaml.safe_load((folder / CARD_FILE).read_text("utf-8"))
    change(card)
    (folder / CARD_FILE).write_text(yaml.safe_dump(card), "utf-8")


def test_the_shipped_artefact_opens_by_name_and_by_folder_alike(folder: Path) -> None:
    shipped, copied = load_card("conv-wide"), load_card(str(folder))
    assert shipped.card == copied.card
    assert shipped.model_id == copied.model_id
    assert shipped.model_id.startswith("conv-wide-")
    assert len(shipped.model_id) == len("conv-wide-") + 12


def test_the_shipped_weights_are_small() -> None:
    assert len(load_card("conv-wide").read_weights()) < 5_000_000


def test_a_card_survives_writing_and_reading(folder: Path) -> None:
    card = load_card(str(folder)).card
    (folder / CARD_FILE).write_text(dump_card(card), "utf-8")
    assert load_card(str(folder)).card == card


@pytest.mark.parametrize(
    "change",
    [
        lambda card: card.update(
            threshold=card["threshold"] * 1.5, threshold_details=None, error_rates=None
        ),
        lambda card: card["normalisation"].update(scale=65.0),
        lambda card: card["score"].update(window_px=card["score"]["window_px"] + 2),
    ],
    ids=["threshold", "normalisation", "score"],
)
def test_another_meaning_is_another_model(folder: Path, change: Change) -> None:
    rewrite(folder, change)
    assert load_card(str(folder)).model_id != load_card("conv-wide").model_id


def test_words_about_a_model_do_not_make_another_of_it(folder: Path) -> None:
    rewrite(folder, lambda card: card.update(limits=["None that we know."]))
    assert load_card(str(folder)).model_id == load_card("conv-wide").model_id


def test_a_card_without_what_thresholds_and_calibration_need_loads(folder: Path) -> None:
    for key in ("threshold_details", "healthy", "infected", "calibration", "error_rates"):
        rewrite(folder, lambda card, key=key: card.pop(key, None))
    card = load_card(str(folder)).card
    assert card.healthy is None
    assert card.calibration is None


def test_a_calibration_makes_another_model_and_kept_scores_do_not(folder: Path) -> None:
    curve = {"method": "platt", "scores": [0.1], "probabilities": [0.123], "prevalence": 0.5}
    kept = {"groups": [{"cells": 2, "mean": 1.0, "deviation": 0.5}], "tail": [1.5]}
    rewrite(folder, lambda card: card.update(healthy={**kept, "tail_groups": [0]}))
    assert load_card(str(folder)).model_id == load_card("conv-wide").model_id
    rewrite(folder, lambda card: card.update(calibration=curve))
    assert load_card(str(folder)).model_id != load_card("conv-wide").model_id


def test_a_misspelt_name_gets_the_nearest_one() -> None:
    with pytest.raises(ArtefactError, match=r"conv-wyde.*did you mean conv-wide"):
        load_card("conv-wyde")


def test_a_name_like_no_other_gets_the_list() -> None:
    with pytest.raises(ArtefactError, match="shipped are: conv-wide, draem"):
        load_card("zzzz")


@pytest.mark.parametrize("name", [CARD_FILE, WEIGHTS_FILE])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ArtefactError, match=name):
        load_card(str(folder))


def test_broken_yaml_is_refused_with_its_line(folder: Path) -> None:
    (folder / CARD_FILE).write_text("name: x\nscore: {kind: [\n", "utf-8")
    with pytest.raises(ArtefactError, match="not YAML at line 3"):
        load_card(str(folder))


def test_a_card_that_is_not_text_is_refused(folder: Path) -> None:
    (folder / CARD_FILE).write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(ArtefactError, match="not YAML"):
        load_card(str(folder))


def test_truncated_weights_are_refused(folder: Path) -> None:
    weights = (folder / WEIGHTS_FILE).read_bytes()
    (folder / WEIGHTS_FILE).write_bytes(weights[:-100])
    with pytest.raises(ArtefactError, match="truncated or not the weights"):
        load_card(str(folder))


def test_weights_exchanged_after_opening_are_refused(folder: Path) -> None:
    artefact = load_card(str(folder))
    (folder / WEIGHTS_FILE).write_bytes(b"other")
    with pytest.raises(ArtefactError, match="truncated or not the weights"):
        artefact.read_weights()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda card: card.update(treshold=1.0), "treshold.*did you mean threshold"),
        (lambda card: card.pop("architecture"), "missing required field `architecture`"),
        (lambda card: card.update(threshold="high"), r"\$\.threshold"),
        (lambda card: card.update(threshold=float("nan")), "threshold: must be a finite"),
        (lambda card: card.update(healthy_quantiles=[1.0, 0.0]), "healthy_quantiles"),
        (lambda card: card["normalisation"].update(scale=0.0), "normalisation.scale"),
        (lambda card: card["score"].update(window_px=4), "score.window_px: must be odd"),
        (lambda card: card["score"].update(erosion_px=-1), "score.erosion_px"),
        (lambda card: card["score"].update(kind="mean"), r"\$\.score\.kind"),
        (lambda card: card.update(outside_value=300), "outside_value"),
        (lambda card: card.update(name="../evil"), "name: must be"),
    ],
)
def test_a_wrong_key_is_named(folder: Path, change: Change, message: str) -> None:
    rewrite(folder, change)
    with pytest.raises(ArtefactError, match=message):
        load_card(str(folder))


def test_an_empty_card_is_refused(folder: Path) -> None:
    (folder / CARD_FILE).write_text("", "utf-8")
    with pytest.raises(ArtefactError, match="Expected `object`"):
        load_card(str(folder))


def test_cards_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        load_card("conv-wide").card.threshold = 0.0
