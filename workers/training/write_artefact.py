"""Writes a trained network with its meaning as an artefact, whole or not at all."""

import hashlib
import logging
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import safetensors.torch

from config import UsageError
from workers.artefact import Artefact, load_card
from workers.canvas import PlotsError
from workers.card import CARD_FILE, WEIGHTS_FILE, Card, dump_card
from workers.check_card import is_name
from workers.detector import Detector
from workers.load_detector import HEALTHY_MEAN, HEALTHY_SPREAD
from workers.training.curves import CURVES_FILE, Epoch, plot_curves, write_curves

logger = logging.getLogger(__name__)


def refuse_output(output: Path, overwrite: bool) -> None:
    """Check before the work that the artefact can be written after it.

    Raises
    ------
    UsageError
        ``output`` exists and may not be replaced, is something else, or its name is none that
        a model may have.
    """
    if not is_name(output.name):
        raise UsageError(
            f"{output.name!r} is no name for a model: use letters (a-z), digits, '.', '_' and '-'"
        )
    if output.exists() and not overwrite:
        raise UsageError(f"{output} exists: name another folder or give --overwrite")
    if output.exists() and not (output / CARD_FILE).is_file():
        raise UsageError(f"{output} is no model artefact and is not overwritten: name another")


def weights_of(detector: Detector) -> bytes:
    """Give the weights of a network as the content of a safetensors file.

    Beside them lie the errors of healthy cells, where the score needs them.
    """
    state = detector.network.state_dict()
    if detector.healthy is not None:
        state |= {HEALTHY_MEAN: detector.healthy.mean, HEALTHY_SPREAD: detector.healthy.spread}
    return safetensors.torch.save({name: values.contiguous() for name, values in state.items()})


def sha256_of(weights: bytes) -> str:
    """Give the digest by which a card names its weights."""
    return hashlib.sha256(weights).hexdigest()


def write_artefact(
    output: Path,
    card: Card,
    weights: bytes,
    epochs: Sequence[Epoch] = (),
    beside: Mapping[str, bytes] | None = None,
) -> Artefact:
    """Write the artefact beside its place and move it there.

    Parameters
    ----------
    output
        Folder of the artefact; one that is there is replaced.
    card
        What the weights mean.
    weights
        From :func:`weights_of`.
    epochs
        How the training went, for ``curves.csv`` and, where it can be drawn, ``curves.png``.
    beside
        Other files, by name.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}-") as name:
        whole = Path(name) / output.name
        whole.mkdir()
        (whole / WEIGHTS_FILE).write_bytes(weights)
        (whole / CARD_FILE).write_text(dump_card(card), encoding="utf-8")
        for file, content in (beside or {}).items():
            (whole / file).write_bytes(content)
        if epochs:
            _write_curves(whole, epochs)
        # What could not be loaded again does not take the place of what can.
        load_card(str(whole))
        _put(whole, output, Path(name) / "replaced")
    return load_card(str(output))


def _put(whole: Path, output: Path, replaced: Path) -> None:
    """Move an artefact to its place; what was there stays if that fails."""
    if output.exists():
        output.rename(replaced)
    try:
        whole.rename(output)
    except OSError:
        if replaced.exists():
            replaced.rename(output)
        raise


def _write_curves(folder: Path, epochs: Sequence[Epoch]) -> None:
    write_curves(epochs, folder / CURVES_FILE)
    try:
        plot_curves(epochs, folder / "curves.png")
    except PlotsError as error:
        logger.info("%s", error)
