"""Any file, variable or --set is taken, or refused in one line, soon and without growing."""

from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config import UsageError, load
from config.settings import SECTIONS
from monitor.cli.options import settings_from

KEYS = [f"{name}.{key}" for name, section in SECTIONS.items() for key in section.model_fields]
NUMBERS = [
    "9" * 400,
    "-1",
    "0",
    "1e400",
    ".inf",
    "-.inf",
    ".nan",
    "0x" + "f" * 900,
    "1_0",
    "1:59:59",
]
OTHERS = [
    "null",
    "~",
    "true",
    "[1, 2]",
    "{a: b}",
    "!!binary aGk=",
    "2024-01-01",
    "'\\0'",
    "é",
    "*a",
]
VALUES = st.sampled_from(NUMBERS + OTHERS) | st.text(max_size=12)


def taken_or_refused(load_it) -> None:
    try:
        load_it()
    except UsageError as error:
        assert len(str(error)) < 2000
        assert len(str(error).splitlines()) == 1


def from_file(text: str) -> None:
    with NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8", errors="replace") as file:
        file.write(text)
        file.flush()
        taken_or_refused(lambda: load(Path(file.name), environ={}))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KEYS), VALUES)
def test_a_file_with_any_value(key: str, value: str):
    section, _, name = key.partition(".")
    from_file(f"{section}:\n  {name}: {value}\n")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
@example(b"\xef\xbb\xbfstore:")
@example(b"%YAML 9.9\n---\n")
@example(b"--- a\n--- b\n")
@example(b"\xff\xfes\0t\0")
def test_a_file_of_any_bytes(data: bytes):
    with NamedTemporaryFile("wb", suffix=".yaml") as file:
        file.write(data)
        file.flush()
        taken_or_refused(lambda: load(Path(file.name), environ={}))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KEYS), VALUES)
def test_a_variable_with_any_value(key: str, value: str):
    variable = "SMEARWATCH_" + key.upper().replace(".", "__", 1)
    taken_or_refused(lambda: load(environ={variable: value}))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*KEYS, "", "a", "store", ".", "store.", "a.b.c"]), VALUES, st.booleans())
def test_a_set_option_with_any_value(key: str, value: str, equals: bool):
    taken_or_refused(lambda: settings_from(sets=[f"{key}{'=' if equals else ' '}{value}"]))


@pytest.mark.parametrize("depth", [100, 5000, 100_000])
def test_a_file_nested_deep(depth: int):
    from_file("store: " + "[" * depth)
    from_file("store: " + "{a: " * depth)
