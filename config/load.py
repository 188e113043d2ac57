"""Bring the layers of settings together: command line over environment over file over default.

The model that the user has made the active one lies between the file and the default.
"""

import difflib
import os
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_settings import EnvSettingsSource

from config.active_model import active_artefact
from config.errors import UsageError
from config.settings import ENV_PREFIX, SECTIONS, Settings

DEFAULT = "default.yaml"
MODEL = ("model", "artefact")
NOT_SETTINGS = frozenset({"SMEARWATCH_DATA"})

Tree = dict[str, dict[str, Any]]
Origins = dict[tuple[str, ...], str]


def load(
    path: Path | None = None,
    overrides: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Give the settings of this process.

    Parameters
    ----------
    path
        A YAML file, or None.
    overrides
        Values from the command line by dotted key (``"store.url"``).
    environ
        The environment; ``os.environ`` when None.

    Raises
    ------
    UsageError
        A key is unknown, a value does not fit or the file cannot be read; the text names
        the file and line, variable or option, and the nearest valid key.
    """
    default = resources.files("config") / DEFAULT
    merged: Tree = {}
    origins: Origins = {}
    _add(merged, origins, *_read(default.read_text("utf-8"), DEFAULT))
    if path is not None:
        _add(merged, origins, *_read(_text_of(path), str(path)))
    _add(merged, origins, *_from_environment(os.environ if environ is None else environ))
    _add(merged, origins, *_from_command_line(overrides or {}))
    _choose_active_model(merged, origins)
    return _validated(merged, origins)


def _choose_active_model(merged: Tree, origins: Origins) -> None:
    """Take the model that the user has made the active one, where no layer names another."""
    if origins[MODEL].startswith(DEFAULT):
        active = active_artefact(merged["store"]["data_dir"])
        if active is not None:
            _add(merged, origins, {MODEL[0]: {MODEL[1]: active}}, {MODEL: "the active model"})


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"settings file {path} cannot be read: {reason}") from error


def _read(text: str, name: str) -> tuple[Tree, Origins]:
    try:
        tree = yaml.safe_load(text)
        lines = _line_of_key(yaml.compose(text, Loader=yaml.SafeLoader), name)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "broken"
        raise UsageError(f"settings file {name}{where} is not valid YAML: {problem}") from error
    except ValueError as error:
        # A date or number that YAML's syntax allows and Python does not.
        raise UsageError(f"settings file {name} holds a value that is none: {error}") from error
    except RecursionError as error:
        raise UsageError(f"settings file {name} contains itself or is nested too deep") from error
    origins = {key: f"{name} line {line}" for key, line in lines.items()}
    if tree is None:
        return {}, {}
    if not isinstance(tree, dict):
        raise UsageError(f"settings file {name} must hold sections such as 'store:', not {tree!r}")
    _refuse_unknown(tree, origins, name)
    return {section: values or {} for section, values in tree.items()}, origins


def _line_of_key(root: yaml.Node | None, name: str) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    for key, line in _lines(root, ()):
        if key in found:
            raise UsageError(
                f"{name} line {line}: {'.'.join(key)!r} is given twice, first in line {found[key]}"
            )
        found[key] = line
    return found


def _lines(node: yaml.Node | None, key: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    if isinstance(node, yaml.MappingNode):
        for key_node, value in node.value:
            inner = (*key, str(key_node.value))
            yield inner, key_node.start_mark.line + 1
            yield from _lines(value, inner)


def _from_environment(environ: Mapping[str, str]) -> tuple[Tree, Origins]:
    names = {
        tuple(name[len(ENV_PREFIX) :].lower().split("__", 1)): name
        for name in environ
        if name.upper().startswith(ENV_PREFIX) and name.upper() not in NOT_SETTINGS
    }
    asked: dict[str, Any] = {}
    for key, name in names.items():
        if len(key) == 1:
            asked[key[0]] = environ[name]
        elif isinstance(section := asked.setdefault(key[0], {}), dict):
            section[key[1]] = environ[name]
    origins = {key: f"environment variable {name}" for key, name in names.items()}
    _refuse_unknown(asked, origins, "the environment")
    source = EnvSettingsSource(Settings, env_prefix=ENV_PREFIX, env_nested_delimiter="__")
    values = {name.lower(): environ[name] for name in names.values()}
    source.env_vars = {name: None if text == "null" else text for name, text in values.items()}
    return source(), origins


def _from_command_line(overrides: Mapping[str, object]) -> tuple[Tree, Origins]:
    tree: Tree = {}
    origins: Origins = {}
    for dotted, value in overrides.items():
        section, _, key = dotted.partition(".")
        tree.setdefault(section, {})[key] = value
        origins[section, key] = f"command line, {dotted}"
    _refuse_unknown(tree, origins, "the command line")
    return tree, origins


def _refuse_unknown(tree: Mapping[Any, Any], origins: Origins, name: str) -> None:
    for section, values in tree.items():
        where = origins.get((str(section),), name)
        if section not in SECTIONS:
            raise UsageError(_unknown(str(section), list(SECTIONS), where))
        if values is not None and not isinstance(values, dict):
            raise UsageError(f"{where}: '{section}' is a section, with keys of its own below it")
        _refuse_unknown_keys(section, values or {}, origins, name)


def _refuse_unknown_keys(
    section: str, values: Mapping[str, Any], origins: Origins, name: str
) -> None:
    known = [f"{section}.{key}" for key in SECTIONS[section].model_fields]
    for key in values:
        if f"{section}.{key}" not in known:
            where = origins.get((section, str(key)), name)
            raise UsageError(_unknown(f"{section}.{key}", known, where))


def _unknown(key: str, known: list[str], where: str) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0)
    return f"{where}: unknown setting {key!r}; did you mean '{near[0]}'?"


def _add(merged: Tree, origins: Origins, tree: Tree, tree_origins: Origins) -> None:
    for section, values in tree.items():
        merged.setdefault(section, {}).update(values)
    origins.update(tree_origins)


def _validated(merged: Tree, origins: Origins) -> Settings:
    try:
        return Settings(**merged)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        key = tuple(str(part) for part in first["loc"][:2])
        where = origins.get(key, "settings")
        message = first["msg"].lower()
        raise UsageError(f"{where}: {'.'.join(key)} = {first['input']!r}: {message}") from error
