"""Retraining from the store: what is learned from, what is held out, and what becomes of it."""

import subprocess
import sys

import msgspec
import numpy as np
import pytest

from config import SmearwatchError, UsageError, load
from monitor.model_registry import ModelRegistry
from monitor.review.material import material_of
from monitor.review.retraining import Request, retrain_from_store
from monitor.review.reviewed_cells import gather
from monitor.store import FieldResult, Review, SlideInfo, add_reviews, connect
from workers.artefact import load_card
from workers.training.datasets import DataError, read_set
from workers.training.datasets.reviewed_cells import fifth_of

INFO = SlideInfo("/s", "images", False, False, False, None, "draem-1", 0.5, "0.1")
CELLS, INFECTED = 16, 4
TIMEOUT_S = 110


def slide_of(fifth, number):
    """Give the id of the n-th slide that belongs to a fifth."""
    names = (f"slide-{at}" for at in range(10_000))
    return [name for name in (next(names) for _ in range(200)) if fifth_of(name) == fifth][number]


SLIDES = [slide_of(fifth, number) for fifth in range(5) for number in range(3)]


def made_slide(store, name):
    """Cells that all are judged but the last four; the first four have a dot and are flagged."""
    chance = np.random.default_rng([fifth_of(name), len(name)])
    rows, columns = np.mgrid[:64, :64] - 31.5
    crops = np.full((CELLS, 64, 64, 3), 255, np.uint8)
    disc = np.hypot(rows, columns) < 26
    crops[:, disc] = chance.normal((205, 150, 165), 4, (CELLS, int(disc.sum()), 3)).astype(np.uint8)
    for crop in crops[:INFECTED]:
        row, column = chance.integers(-12, 12, 2)
        crop[np.hypot(rows - row, columns - column) < 4] = (120, 60, 130)
    scores = np.where(np.arange(CELLS) < INFECTED, 0.9, 0.1).astype(np.float32)
    boxes = np.tile(np.int32([1, 2, 60, 60]), (CELLS, 1))
    nothing = np.zeros((CELLS, 4), np.uint8)
    store.begin(name, INFO, "new").commit_field(
        FieldResult(
            *(0, "0.png", 0.0, (99, 99), scores, boxes, crops, None, nothing, 1.0, {}),
        )
    )
    judged = ["infected"] * INFECTED + ["healthy"] * (CELLS - 2 * INFECTED)
    add_reviews(store, name, [Review(0, at, "Ada", one) for at, one in enumerate(judged)])


@pytest.fixture(scope="module")
def reviewed(store_settings):
    """Fifteen slides, three of each fifth."""
    with connect(store_settings) as store:
        store.client.ask("FLUSHALL")
        for name in SLIDES:
            made_slide(store, name)
        yield store
        store.client.ask("FLUSHALL")


def settings_in(folder, **more):
    worker = {"worker.device": "cpu", "worker.threads": 1}
    return load(None, {"store.data_dir": folder, **worker, **more}, {})


ASKED = Request("draem-few", "mine", None, 2000.0, "if better", False, 1, 48, 0)


def asked(store, folder, **more):
    request = msgspec.structs.replace(ASKED, **more)
    return retrain_from_store(store, request, settings_in(folder), lambda _step: None)


@pytest.fixture(scope="module")
def outcome(reviewed, tmp_path_factory):
    """What came of a retraining, and the data folder in which it took place."""
    folder = tmp_path_factory.mktemp("data")
    return asked(reviewed, folder, activate="always"), folder


def test_it_learns_from_all_slides_but_those_held_out(outcome):
    retrained = outcome[0].retrained
    assert retrained.further
    assert retrained.infected == 12 * INFECTED
    assert retrained.healthy == 12 * (CELLS - 2 * INFECTED)
    (compared,) = retrained.compared
    assert (compared.infected, compared.healthy, compared.groups) == (12, 24, 3)
    assert compared.auroc_difference.drawn == "groups"
    assert compared.figures["auroc"].new_interval is not None


def test_the_model_is_kept_by_its_id_and_says_what_it_learned_from(outcome):
    outcome, folder = outcome
    registry = ModelRegistry.of(folder)
    assert registry.names() == [outcome.retrained.model_id]
    card = load_card(str(registry.folder / outcome.retrained.model_id)).card
    base = load_card("draem").card
    assert card.architecture == "draem-few"
    assert card.trained_on[:-1] == base.trained_on
    assert card.trained_on[-1].data == f"reviewed-cells-{outcome.labels}"
    assert card.seed == base.seed
    assert card.infected is not None
    assert card.infected.count == 12
    assert np.isfinite(card.threshold)
    assert [path.name for path in registry.folder.iterdir() if path.name[0] == "."] == []


def test_the_labels_that_it_learned_from_are_kept_and_known_again(outcome):
    outcome, folder = outcome
    labels = ModelRegistry.of(folder).folder / "labels" / outcome.labels
    cells = read_set(labels, settings_in(folder), 0)
    card = load_card(outcome.retrained.folder).card
    assert cells.origin.digest == card.trained_on[-1].digest
    held_out = {slide_of(4, number) for number in range(3)}
    assert len(np.unique(cells.part("held out").groups)) == len(held_out)


def test_it_counts_from_now_on_and_can_be_rolled_back(outcome):
    outcome, folder = outcome
    assert outcome.activated
    assert settings_in(folder).model.artefact == outcome.retrained.folder
    registry = ModelRegistry.of(folder)
    registry.roll_back()
    assert settings_in(folder).model.artefact == "draem"
    registry.activate(outcome.retrained.model_id)


def test_a_model_that_is_not_surely_better_is_kept_and_not_activated(reviewed, tmp_path):
    # A hypersphere after one short pass knows nothing.
    found = asked(reviewed, tmp_path, family="deep-sad")
    assert not found.retrained.further
    assert not found.better
    assert not found.activated
    assert ModelRegistry.of(tmp_path).names() == [found.retrained.model_id]
    assert settings_in(tmp_path).model.artefact == "draem"


def test_no_cell_of_a_held_out_slide_is_learned_from_and_no_infected_one_is_random(
    outcome, reviewed
):
    found, folder = outcome
    gathered = gather(reviewed)
    cells = read_set(
        ModelRegistry.of(folder).folder / "labels" / found.labels, settings_in(folder), 0
    )
    material = material_of(gathered, cells, [])
    assert not (material.judged.groups % 5 == 4).any()
    assert material.judged.infected.all()
    assert not material.random.infected.any()
    assert material.presumed == 15 * INFECTED
    assert len(material.random) == 15 * (CELLS - INFECTED)


def test_without_an_infected_cell_to_learn_from_it_is_refused(store, tmp_path):
    made_slide(store, slide_of(4, 0))
    with pytest.raises(DataError, match="no reviewed infected cell to learn from"):
        asked(store, tmp_path)
    assert ModelRegistry.of(tmp_path).names() == []


def test_slides_of_one_part_alone_are_enough_to_learn_from_but_not_to_compare_on(store, tmp_path):
    for number in range(2):
        made_slide(store, slide_of(0, number))
    found = asked(store, tmp_path)
    assert found.retrained.compared == ()
    assert found.why.startswith("0 infected cells are held out and 10 are needed")
    assert not found.activated


def test_families_that_learn_otherwise_are_refused(store, tmp_path):
    with pytest.raises(UsageError, match="draem does not learn from a few labels"):
        asked(store, tmp_path, family="draem")


def test_without_reviews_it_says_what_to_do(store, tmp_path):
    with pytest.raises(SmearwatchError, match="judge some, for instance with"):
        asked(store, tmp_path)


def test_the_command_shows_old_against_new(store, store_settings, tmp_path):
    for name in SLIDES[2::3]:
        made_slide(store, name)
    how = ["--epochs", "1", "--examples", "48", "--data-dir", str(tmp_path), "--keep"]
    command = [sys.executable, "-m", "monitor", "retrain", *how, "--redis", store.client.server]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    for words in ("held out", "auroc", "false positives per million", "not activated"):
        assert words in " ".join(done.stdout.split())
