"""Settings come in layers, and a mistake is named with its place and the nearest valid key."""

import re
from importlib import resources
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from config import UsageError, load
from config.settings import SECTIONS


def test_command_line_beats_environment_beats_file_beats_default(tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text("worker:\n  count: 2\n  credits: 7\n  batch_size: 9\n")
    environ = {"SMEARWATCH_WORKER__COUNT": "3", "SMEARWATCH_WORKER__CREDITS": "8"}
    worker = load(file, {"worker.count": 4}, environ).worker
    assert (worker.count, worker.credits, worker.batch_size) == (4, 8, 9)
    assert worker.device == load(environ={}).worker.device


def test_null_unsets_in_the_environment():
    assert load(environ={"SMEARWATCH_SOURCE__FPS": "30"}).source.fps == 30
    assert load(environ={"SMEARWATCH_SOURCE__FPS": "null"}).source.fps is None


def test_the_data_folder_variable_is_no_setting():
    assert load(environ={"SMEARWATCH_DATA": "/somewhere"}) == load(environ={})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("store:\n  url: null\n  ulr: 3\n", ["line 3", "store.ulr", "store.url"]),
        ("stor:\n  url: null\n", ["line 1", "'stor'", "'store'"]),
        ("worker:\n  count: many\n", ["line 2", "worker.count", "many"]),
        ("worker: 3\n", ["line 1", "section"]),
        ("worker: [\n", ["line 2", "YAML"]),
        ("1: 2\n", ["line 1", "'1'"]),
        ("on: {url: null}\n", ["did you mean"]),
        ("store: {1: 2}\n", ["line 1", "store.1"]),
        ("store: &a {url: *a}\n", ["line 1", "alias *a"]),
        ("store:\n  url: 2024-13-45\n", ["month"]),
        ("store: {url: !!python/name:os.system x}\n", ["line 1", "os.system"]),
        ("model:\n  threshold: .nan\n", ["line 2", "model.threshold", "finite"]),
        ("dispatch:\n  lease_s: .inf\n", ["line 2", "dispatch.lease_s", "finite"]),
        ("worker:\n  count: 1\n  count: 2\n", ["line 3", "worker.count", "twice", "line 2"]),
        ("log:\nstore:\nlog:\n  level: info\n", ["line 3", "'log'", "twice"]),
        ("- a\n", ["sections"]),
    ],
)
def test_a_mistake_in_a_file_is_named_with_its_line(text: str, words: list[str], tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        load(file, environ={})
    assert all(word in str(caught.value) for word in [*words, str(file)]), caught.value
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"SMEARWATCH_WORKER__CUONT": "1"}, ["SMEARWATCH_WORKER__CUONT", "worker.count"]),
        ({"SMEARWATCH_WORKER__COUNT": "0"}, ["SMEARWATCH_WORKER__COUNT", "greater"]),
        ({"SMEARWATCH_WORKER": "3"}, ["SMEARWATCH_WORKER", "section"]),
        ({"SMEARWATCH_WORKER": '{"count": 3}'}, ["SMEARWATCH_WORKER", "section"]),
        ({"SMEARWATCH_WORKER__COUNT__X": "1"}, ["SMEARWATCH_WORKER__COUNT__X", "worker.count"]),
        ({"smearwatch_model__threshold": "nan"}, ["smearwatch_model__threshold", "finite"]),
        ({"SMEARWATCH_WROKER": "0"}, ["SMEARWATCH_WROKER", "'worker'"]),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(environ: dict[str, str], words: list[str]):
    with pytest.raises(UsageError) as caught:
        load(environ=environ)
    assert all(word in str(caught.value) for word in words), caught.value


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("worker.cuont", 1, ["worker.cuont", "worker.count"]),
        ("wroker.count", 1, ["'wroker'", "'worker'"]),
        ("worker", 1, ["worker.", "did you mean"]),
        ("worker.count", 0, ["command line, worker.count", "greater"]),
        ("source.exposure_ms", "atuo", ["source.exposure_ms", "'atuo'", "number, auto or null"]),
        ("source.exposure_ms", "0", ["source.exposure_ms", "greater than 0"]),
        ("source.white_balance_k", 500, ["source.white_balance_k", "1000"]),
    ],
)
def test_a_mistake_on_the_command_line_names_the_option(key: str, value: object, words: list[str]):
    with pytest.raises(UsageError) as caught:
        load(overrides={key: value}, environ={})
    assert all(word in str(caught.value) for word in words), caught.value


def test_the_layer_that_gave_a_wrong_value_is_blamed_and_no_other(tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text("worker:\n  count: 2\n")
    with pytest.raises(UsageError, match="SMEARWATCH_WORKER__COUNT"):
        load(file, environ={"SMEARWATCH_WORKER__COUNT": "none"})
    assert load(file, {"worker.count": 3}, {"SMEARWATCH_WORKER__COUNT": "none"}).worker.count == 3


@pytest.mark.parametrize(("given", "taken"), [("auto", "auto"), ("12.5", 12.5), (None, None)])
def test_an_exposure_is_a_number_or_auto(given: str | None, taken: object):
    assert load(overrides={"source.exposure_ms": given}, environ={}).source.exposure_ms == taken


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_file_that_cannot_be_read_is_named(content: bytes | None, tmp_path: Path):
    file = tmp_path / "mine.yaml"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    with pytest.raises(UsageError, match="cannot be read") as caught:
        load(file, environ={})
    assert str(file) in str(caught.value)


@pytest.mark.parametrize("text", ["", "# nothing\n", "store:\n", "---\n"])
def test_a_file_that_says_nothing_changes_nothing(text: str, tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    assert load(file, environ={}) == load(environ={})


LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8))
KEYS = st.one_of(LEAVES, st.sampled_from([*SECTIONS, "url", "count", "level"]))
TREES = st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=6)


@settings(max_examples=60)
@given(TREES.map(yaml.safe_dump) | st.text(alphabet="ab:-[]{}&*!?|>'\"#%@,. \n\t0", max_size=30))
def test_whatever_a_file_holds_it_is_taken_or_refused_in_one_line(text: str):
    with NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        try:
            load(Path(file.name), environ={})
        except UsageError as error:
            refusal = str(error)
        else:
            return
    assert "\n" not in refusal


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        load(environ={}).worker.count = 3


def test_the_shipped_file_has_every_key_with_a_comment():
    text = (resources.files("config") / "default.yaml").read_text("utf-8")
    tree = yaml.safe_load(text)
    assert {name: set(section.model_fields) for name, section in SECTIONS.items()} == {
        name: set(values) for name, values in tree.items()
    }
    # One comment may stand above a pair that belongs together, such as a first and longest wait.
    blocks = re.findall(r"(?m)^((?: +#.*\n)*)((?:  \w+:.*\n)+)", text)
    assert sum(keys.count("\n") for _, keys in blocks) == sum(map(len, tree.values()))
    for comment, keys in blocks:
        assert comment, keys
        assert keys.count("\n") <= 2, keys


@pytest.mark.parametrize(
    ("key", "value", "other"),
    [
        ("dispatch.lease_s", 1, "heartbeat_s"),
        ("dispatch.heartbeat_s", 2, "heartbeat_s"),
        ("segmenter.max_diameter_px", 9, "min_diameter_px"),
        ("store.retry_max_s", 0.01, "retry_initial_s"),
        ("source.reconnect_initial_s", 31, "reconnect_initial_s"),
    ],
)
def test_values_that_contradict_each_other_are_refused(key: str, value: float, other: str):
    with pytest.raises(UsageError, match=other):
        load(None, {key: value}, {})
