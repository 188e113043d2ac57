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
from config.read_yaml import BrokenYamlError, read_yaml, yaml_text
from config.redact import redacted
from config.settings import ENV_PREFIX, SECTIONS, Settings

DEFAULT = "default.yaml"
MODEL = ("model", "artefact")
NOT_SETTINGS = frozenset({"SMEARWATCH_DATA"})
LEVELS = 2
"""Of keys: a section, and what is in it."""
LONGEST_SHOWN = 100

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
    # Who names a model after this has chosen it, even the one of the default.
    del origins[MODEL]
    if path is not None:
        _add(merged, origins, *_read(_text_of(path), str(path)))
    _add(merged, origins, *_from_environment(os.environ if environ is None else environ))
    _add(merged, origins, *_from_command_line(overrides or {}))
    settings = _validated(merged, origins)
    return settings if MODEL in origins else _with_active_model(settings)


def _with_active_model(settings: Settings) -> Settings:
    """Take the model that the user has made the active one, if there is one."""
    active = active_artefact(settings.store.data_dir)
    if active is None:
        return settings
    model = settings.model.model_copy(update={"artefact": active})
    return settings.model_copy(update={"model": model})


def _text_of(path: Path) -> str:
    try:
        return yaml_text(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"settings file {path} cannot be read: {reason}") from error


def _read(text: str, name: str) -> tuple[Tree, Origins]:
    try:
        tree, root = read_yaml(text)
    except BrokenYamlError as error:
        raise UsageError(f"settings file {name}{error.where} is not valid YAML: {error}") from error
    lines = _line_of_key(root, name)
    origins = {key: f"{name} line {line}" for key, line in lines.items()}
    if tree is None:
        return {}, {}
    if not isinstance(tree, dict):
        raise UsageError(
            f"settings file {name} must hold sections such as 'store:', not {_shown(tree)}"
        )
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
            if len(inner) < LEVELS:
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
    near = difflib.get_close_matches(key[:LONGEST_SHOWN], known, n=1, cutoff=0)
    return f"{where}: unknown setting {_shown(key)}; did you mean '{near[0]}'?"


def _shown(value: object) -> str:
    """Give a value as a person may see it: short, and without passwords."""
    if isinstance(value, dict | list | set | tuple):
        return "several values"
    if isinstance(value, int) and value.bit_length() > LONGEST_SHOWN:
        return "a number beyond all sense"  # Python refuses to write out the longest
    said = redacted(repr(value))
    return said if len(said) <= LONGEST_SHOWN else f"{said[:LONGEST_SHOWN]}..."


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
        raise UsageError(
            f"{where}: {'.'.join(key)} = {_shown(first['input'])}: {message}"
        ) from error
