"""Reads YAML of which a file cannot make more than it holds: no aliases, no objects."""

from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 4 * 2**20
"""Largest YAML file that is read; a model's card, the longest, has 30 kB."""


class BrokenYamlError(ValueError):
    """A text is not YAML that we read; says why, and where that is known.

    Attributes
    ----------
    line
        Counted from 1; None: not known.
    """

    def __init__(self, problem: str, line: int | None = None) -> None:
        super().__init__(problem)
        self.line = line

    @property
    def where(self) -> str:
        """`` line 3``, or nothing."""
        return "" if self.line is None else f" line {self.line}"


class PlainLoader(yaml.SafeLoader):
    """Makes plain values only, and refuses aliases.

    Nine aliases of nine aliases, ten levels deep, are a kilobyte of text and a billion values.
    """

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Read the next value."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(
                None, None, f"alias *{event.anchor}; write the value out", event.start_mark
            )
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


def yaml_text(path: Path) -> str:
    """Read a file as text, no more of it than :func:`read_yaml` takes.

    Raises
    ------
    OSError, UnicodeDecodeError
        It cannot be read, or is not UTF-8.
    """
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1).decode("utf-8")


def read_yaml(text: str) -> tuple[Any, yaml.Node | None]:
    """Give what a YAML text says, and the nodes that know their lines.

    Raises
    ------
    BrokenYamlError
        It is not YAML, too long, nested too deep, or has aliases, objects or impossible values.
    """
    if len(text) > MAX_BYTES:
        raise BrokenYamlError(f"longer than {MAX_BYTES // 2**20} MB")
    try:
        loader = PlainLoader(text)
        node = loader.get_single_node()
        return None if node is None else loader.construct_document(node), node
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "broken"
        raise BrokenYamlError(problem, mark.line + 1 if mark else None) from error
    except RecursionError as error:
        raise BrokenYamlError("nested too deep") from error
    except (ValueError, OverflowError) as error:
        # A date or number that YAML's syntax allows and Python does not.
        raise BrokenYamlError(f"holds a value that is none: {error}") from error
