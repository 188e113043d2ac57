"""The settings files that come along."""

from pathlib import Path

import pytest
import yaml

from config import load

FOLDER = Path(__file__).parents[2] / "config"
VARIANTS = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "default.yaml")


def keys_of(path: Path) -> dict[str, object]:
    tree = yaml.safe_load(path.read_text("utf-8"))
    return {f"{name}.{key}": value for name, keys in tree.items() for key, value in keys.items()}


def test_the_variants_are_there() -> None:
    assert [path.name for path in VARIANTS] == ["edge-gpu.yaml", "live-camera.yaml"]


@pytest.mark.parametrize("path", VARIANTS, ids=lambda path: path.name)
def test_a_variant_loads_and_its_values_are_taken(path: Path) -> None:
    settings = load(path, {}, {}).model_dump()
    for key, value in keys_of(path).items():
        section, _, name = key.partition(".")
        assert settings[section][name] == value


@pytest.mark.parametrize("path", VARIANTS, ids=lambda path: path.name)
def test_a_variant_holds_only_what_differs(path: Path) -> None:
    default = keys_of(FOLDER / "default.yaml")
    same = [key for key, value in keys_of(path).items() if value == default[key]]
    assert same == []


@pytest.mark.parametrize("path", VARIANTS, ids=lambda path: path.name)
def test_a_comment_stands_above_every_key(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    keys = [
        number for number, line in enumerate(lines) if line.startswith("  ") and "#" not in line
    ]
    assert len(keys) == len(keys_of(path))
    assert [lines[number] for number in keys if "#" not in lines[number - 1]] == []
