"""``smearwatch summary ID --adapt`` counts exactly at a threshold moved with the stain."""

import json

import msgspec
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from config import SmearwatchError
from monitor.cli import queries
from monitor.store import FieldResult, SlideInfo, summary
from workers.artefact import load_card

INFO = SlideInfo("/slides/a", "images", False, False, False, None, "conv-wide-1", 0.5, "0.1.0")
FADED = 0.7


@pytest.fixture
def new_slide(store):
    """``new_slide(scores)`` stores a slide that the shipped model has scored."""

    def new_slide(scores, name="a", model_id=None):
        model = load_card("conv-wide")
        info = msgspec.structs.replace(
            INFO, model_id=model_id or model.model_id, threshold=model.card.threshold
        )
        writer = store.begin(name, info, "new")
        for number, part in enumerate(np.array_split(np.asarray(scores, np.float32), 5)):
            count = len(part)
            boxes = np.zeros((count, 4), np.int32)
            crops = np.zeros((count, 64, 64, 3), np.uint8)
            worst = np.zeros((count, 4), np.uint8)
            writer.commit_field(
                FieldResult(number, "x.jpg", 0.0, (9, 9), part, boxes, crops, None, worst, 1.0, {})
            )
        writer.finish("ended")

    return new_slide


@pytest.fixture
def run(store, store_settings):
    app = typer.Typer()
    queries.register(app)

    def run(*words):
        where = ["--data-dir", str(store_settings.data_dir), "--set", "model.artefact=conv-wide"]
        return CliRunner().invoke(app, ["summary", *words, *where])

    return run


def healthy(count=2000):
    quantiles = load_card("conv-wide").card.healthy_quantiles
    return np.interp(np.linspace(0, 1, count), np.linspace(0, 1, len(quantiles)), quantiles)


def test_a_faded_slide_is_counted_as_if_it_had_not_faded(new_slide, run, store):
    new_slide(healthy() * FADED)
    result = run("a", "--adapt", "--json")
    found = json.loads(result.stdout)
    threshold = load_card("conv-wide").card.threshold
    assert found["threshold"] == pytest.approx(FADED * threshold, rel=1e-3)
    assert found["flagged"] == summary(store, "a", found["threshold"]).flagged
    assert found["adaptation"]["shift"] == pytest.approx(FADED, rel=1e-3)
    assert found["adaptation"]["given"] == threshold
    assert "threshold adapted from" in run("a", "--adapt").stdout


def test_without_the_option_nothing_moves(new_slide, run):
    new_slide(healthy() * FADED)
    found = json.loads(run("a", "--json").stdout)
    assert found["threshold"] == load_card("conv-wide").card.threshold
    assert "adaptation" not in found


def test_why_a_threshold_was_not_moved_is_said(new_slide, run):
    new_slide(healthy(500))
    assert "not adapted: the slide has 500 scored cells" in run("a", "--adapt").stdout
    found = json.loads(run("a", "--adapt", "--json").stdout)
    assert found["threshold"] == found["adaptation"]["threshold"]
    assert found["adaptation"]["refused"]


def test_a_slide_of_another_model_is_refused(new_slide, run):
    new_slide(healthy(), model_id="other-123456789abc")
    error = run("a", "--adapt").exception
    assert isinstance(error, SmearwatchError)
    assert "scored by other-123456789abc, not by conv-wide-" in str(error)
    assert "\n" not in str(error)


def test_an_unknown_slide_is_named(store, run):
    assert "there is no slide nothing" in str(run("nothing", "--adapt").exception)
