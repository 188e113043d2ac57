"""Writes a model artefact: whole, or not at all."""

import tempfile
from pathlib import Path

from config import UsageError
from workers.artefact import Artefact, load_card
from workers.card import CARD_FILE, WEIGHTS_FILE, Card, dump_card


def refuse_output(output: Path, overwrite: bool) -> None:
    """Refuse a folder that may not be written.

    Raises
    ------
    UsageError
        It exists and ``overwrite`` is not set, or what is there is no artefact.
    """
    if output.exists() and not overwrite:
        raise UsageError(f"{output} exists: name another folder or give --overwrite")
    if output.exists() and not (output / CARD_FILE).is_file():
        raise UsageError(f"{output} is no model artefact and is not overwritten: name another")


def save(output: Path, card: Card, weights: bytes) -> Artefact:
    """Write an artefact beside its place, check it, and move it there whole.

    Parameters
    ----------
    output
        Its folder; one that is there is replaced.
    card, weights
        What it holds.

    Raises
    ------
    UsageError
        The folder cannot be written.
    ArtefactError
        Card and weights make no artefact; nothing was replaced.
    """
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}-") as name:
            whole = Path(name) / output.name
            whole.mkdir()
            (whole / WEIGHTS_FILE).write_bytes(weights)
            (whole / CARD_FILE).write_text(dump_card(card), encoding="utf-8")
            load_card(str(whole))
            if output.exists():
                output.rename(Path(name) / "replaced")
            whole.rename(output)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from error
    return load_card(str(output))
