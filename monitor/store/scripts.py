"""The Lua scripts: each changes a slide in one atomic step on the server."""

from functools import cache
from importlib import resources
from typing import Literal

ScriptName = Literal[
    "begin",
    "mark_seen",
    "commit_field",
    "record",
    "event",
    "heartbeat",
    "want",
    "draw",
    "finish",
    "review",
    "undo_review",
    "delete",
    "audit",
    "restore",
]

TAKEN = -1
"""What every script of a writer but ``begin`` gives to a writer that does not own the slide."""


@cache
def script_text(name: ScriptName) -> str:
    """Give the text of a script, with what all share before it."""
    folder = resources.files("monitor.store")
    return "\n".join((folder / file).read_text("utf-8") for file in ("common.lua", f"{name}.lua"))
