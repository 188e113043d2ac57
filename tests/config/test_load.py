"""Settings come in layers, and a mistake is named with its place and the nearest valid key."""

import re
from importlib import resources
from pathlib import Path

import pytest
import yaml

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
        ({"SMEARWATCH_WROKER": "0"}, ["SMEARWATCH_WROKER", "'worker'"]),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(environ: dict[str, str], words: list[str]):
    with pytest.raises(UsageError) as caught:
        load(environ=environ)
    assert all(word in str(caught.value) for word in words), caught.value


def test_the_shipped_file_has_every_key_with_a_comment():
    text = (resources.files("config") / "default.yaml").read_text("utf-8")
    tree = yaml.safe_load(text)
    assert {name: set(section.model_fields) for name, section in SECTIONS.items()} == {
        name: set(values) for name, values in tree.items()
    }
    uncommented = re.findall(r"(?m)^(?:\w+:|)\n  (\w+):", text)
    assert not uncommented, "the first key of a section must have a comment"
