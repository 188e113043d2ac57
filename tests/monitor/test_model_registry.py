"""Own models: activated and rolled back in one step, used by every command that names none."""

import shutil
import threading
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from config import SmearwatchError, UsageError, load
from config.active_model import models_folder
from monitor.cli.main import app
from monitor.decision import Judge
from monitor.model_registry import ModelRegistry, RegistryError
from monitor.store import SlideInfo
from workers.artefact import SHIPPED, ArtefactError, load_card
from workers.rethreshold import with_threshold
from workers.thresholds.threshold import Manual
from workers.training.write_artefact import write_artefact


@pytest.fixture
def registry(tmp_path):
    """A registry with one own model, ``OWN``."""
    made = ModelRegistry.of(tmp_path)
    made.folder.mkdir()
    shutil.copytree(SHIPPED / "conv-wide", made.folder / ".new")
    made.take_in(load_card(str(made.folder / ".new")))
    return made


OWN = load_card("conv-wide").model_id


def used(data_dir, **more):
    return load(None, {"store.data_dir": data_dir, **more}, {}).model.artefact


def test_the_active_model_is_used_where_nobody_names_another(registry, tmp_path, monkeypatch):
    assert used(tmp_path) == "draem"
    registry.activate(OWN)
    assert load_card(used(tmp_path)).folder == registry.folder / OWN
    assert used(tmp_path, **{"model.artefact": "draem"}) == "draem"
    file = tmp_path / "default.yaml"
    file.write_text("model:\n  artefact: draem\n")
    monkeypatch.chdir(tmp_path)
    assert load(Path(file.name), {"store.data_dir": tmp_path}, {}).model.artefact == "draem"


def test_rolling_back_leads_through_all_that_were_active_before(registry, tmp_path):
    registry.activate(OWN)
    registry.activate("draem")
    registry.activate("draem")
    assert registry.roll_back().active == OWN
    assert used(tmp_path) == str(registry.folder / OWN)
    assert registry.roll_back().active is None
    assert used(tmp_path) == "draem"
    with pytest.raises(RegistryError, match="nothing to roll back to"):
        registry.roll_back()
    history = (registry.folder / "history.jsonl").read_text().splitlines()
    told = [msgspec.json.decode(line)["what"] for line in history]
    assert told == ["activated", "activated", "rolled back", "rolled back"]


def test_what_is_not_there_or_broken_is_not_activated(registry, tmp_path):
    with pytest.raises(RegistryError, match=f"no model {OWN[:-1]}; did you mean {OWN}"):
        registry.activate(OWN[:-1])
    with pytest.raises(RegistryError, match=r"no model \.\./draem"):
        registry.activate("../draem")
    weights = registry.folder / OWN / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:99])
    with pytest.raises(ArtefactError, match="truncated"):
        registry.activate(OWN)
    assert used(tmp_path) == "draem"


def test_a_broken_file_of_the_active_model_is_named_with_its_cure(registry, tmp_path):
    (registry.folder / "active.json").write_text('{"active": 3}')
    with pytest.raises(UsageError, match="smearwatch models activate"):
        used(tmp_path)
    assert used(tmp_path, **{"model.artefact": "draem"}) == "draem"


def test_of_many_activations_at_once_none_is_lost(registry):
    names = [OWN, "draem"] * 10
    threads = [threading.Thread(target=registry.activate, args=(name,)) for name in names]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    state = registry.state
    chain = [*state.before, state.active]
    assert chain[0] is None
    assert all(one != other for one, other in pairwise(chain))


def test_the_commands_list_activate_and_roll_back(registry, tmp_path):
    def run(*words):
        return CliRunner().invoke(app, ["models", *words, "--data-dir", str(tmp_path)])

    assert run("activate", OWN).stdout == f"active: {OWN}\n"
    rows = {row["name"]: row for row in msgspec.json.decode(run("list", "--json").stdout_bytes)}
    assert [name for name, row in rows.items() if row["active"]] == [OWN]
    assert rows["draem"]["shipped"]
    assert not rows[OWN]["shipped"]
    assert "active" in run("list").stdout
    assert "none, the default" in run("rollback").stdout
    refused = run("rollback").exception
    assert isinstance(refused, SmearwatchError)


def test_without_a_data_folder_models_lie_beside_the_users_store():
    assert models_folder(None).name == "models"
    assert models_folder(None).parent.name == "smearwatch"


def test_a_slide_counted_with_an_own_model_is_judged_by_it_whatever_is_active(store, registry):
    shipped = load_card("conv-wide")
    at = shipped.card.threshold + 1
    card = with_threshold(shipped.card, Manual(at))[1]
    place = registry.folder / "moved"
    write_artefact(place, card, shipped.read_weights())
    moved = registry.take_in(load_card(str(place)))
    assert moved.model_id != OWN
    info = SlideInfo("/s", "images", False, False, False, None, moved.model_id, at, "0.1")
    store.begin("a", info, "new")
    settings = load(None, {"store.data_dir": registry.folder.parent}, {})
    (here,) = Judge(settings).summary(store, "a").decision.reasons
    (away,) = Judge(load(environ={})).summary(store, "a").decision.reasons
    assert "not at hand" in away
    assert "not at hand" not in here
