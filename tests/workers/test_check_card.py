"""Cards whose values make no sense together, and what does not change a model."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from workers.artefact import SHIPPED, load_card
from workers.card import CARD_FILE, ArtefactError

Change = Callable[[dict], None]
LOCAL = {"kind": "masked-local-maximum", "error": "squared", "erosion_px": 4, "window_px": 3}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped artefact that a test may spoil."""
    return Path(shutil.copytree(SHIPPED / "conv-wide", tmp_path / "mine"))


def rewrite(folder: Path, change: Change) -> None:
    card = yaml.safe_load((folder / CARD_FILE).read_text("utf-8"))
    change(card)
    (folder / CARD_FILE).write_text(yaml.safe_dump(card), "utf-8")


def combining(*parts: dict) -> Change:
    score = {**LOCAL, "kind": "combined", "parts": list(parts)}
    return lambda card: card.update(score=score)


def scored(**more: object) -> Change:
    return lambda card: card.update(score={**LOCAL, **more})


def test_defaults_that_are_written_out_change_no_model_id(folder: Path) -> None:
    def change(card: dict) -> None:
        card["normalisation"].update(colours="rgb", blur_px=0.0)
        card["score"].update(standardised=False, parts=[])
        card.update(config={})

    rewrite(folder, change)
    assert load_card(str(folder)).model_id == load_card("conv-wide").model_id


@pytest.mark.parametrize(
    "change",
    [
        lambda card: card["normalisation"].update(colours="grey"),
        lambda card: card["normalisation"].update(blur_px=0.5),
        lambda card: card["score"].update(standardised=True),
        lambda card: card.update(config={"output": "relu"}),
        combining({"score": LOCAL}),
    ],
    ids=["colours", "blur", "standardised", "config", "combined"],
)
def test_other_inputs_scores_and_networks_are_other_models(folder: Path, change: Change) -> None:
    rewrite(folder, change)
    assert load_card(str(folder)).model_id != load_card("conv-wide").model_id


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda card: card["normalisation"].update(colours="lab"), r"\$\.normalisation\.colours"),
        (lambda card: card["normalisation"].update(blur_px=-1.0), "blur_px: must be in 0..10"),
        (lambda card: card["normalisation"].update(blur_px=float("nan")), "blur_px: must be in"),
        (lambda card: card["normalisation"].update(blurr_px=1.0), "did you mean blur_px"),
        (lambda card: card["normalisation"].update(colours="hsv"), "darker says nothing in hsv"),
        (lambda card: card.update(config={"filters": {"a": 1}}), r"\$\.config"),
        (scored(window_px=-3), r"window_px: must be odd and in 1\.\.63"),
        (scored(window_px=65), r"window_px: must be odd and in 1\.\.63"),
        (scored(erosion_px=32), r"erosion_px: must be in 0\.\.31"),
        (scored(top=5000), r"top: must be in 1\.\.4096"),
        (lambda card: card["normalisation"].update(scale=float("inf")), "positive and finite"),
        (lambda card: card.update(input_shape=[64, 64, 1]), r"input_shape: must be \[64, 64, 3\]"),
        (scored(error="learned", standardised=True), "standardised: is for errors"),
        (scored(kind="logit", standardised=True), "standardised: is for errors"),
        (scored(kind="combined"), "parts: must be there"),
        (scored(parts=[{"score": LOCAL}]), "for no other kind"),
        (combining({"score": {**LOCAL, "kind": "combined"}}), r"parts\[0\].*cannot hold"),
        (combining({"score": LOCAL, "deviation": 0.0}), r"parts\[0\]: .* last two positive"),
        (combining({"score": LOCAL, "weight": -1.0}), "last two positive"),
        (combining({"score": LOCAL, "mean": float("inf")}), "must be finite"),
        (combining({"score": {**LOCAL, "top": 0}}), r"parts\[0\]\.score\.top"),
        (
            combining(
                {"score": {**LOCAL, "standardised": True}},
                {"score": {**LOCAL, "standardised": True, "error": "absolute"}},
            ),
            "must have the same error",
        ),
    ],
)
def test_what_makes_no_sense_is_named_in_one_line(
    folder: Path, change: Change, message: str
) -> None:
    rewrite(folder, change)
    with pytest.raises(ArtefactError, match=message) as caught:
        load_card(str(folder))
    assert "\n" not in str(caught.value)
