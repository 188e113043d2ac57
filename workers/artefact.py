"""A trained model with its meaning: ``card.yaml`` beside ``weights.safetensors``."""

import hashlib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from workers.card import CARD_FILE, WEIGHTS_FILE, ArtefactError, Card
from workers.read_card import read_card

SHIPPED = Path(__file__).parent / "artefacts"
ID_DIGITS = 12
MAX_WEIGHTS_BYTES = 2 * 2**30
MEANING = (
    "architecture",
    "input_shape",
    "outside_value",
    "normalisation",
    "score",
    "threshold",
    "healthy_quantiles",
)
MEANING_IF_THERE = ("calibration", "config")
"""Left out of the id where a card has none, so that older models keep theirs."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """A model on disk, checked.

    Attributes
    ----------
    card
        What it is.
    folder
        Where ``card.yaml`` and ``weights.safetensors`` lie.
    model_id
        ``NAME-`` and 12 hexadecimal digits over the weights and everything that decides
        what a score or a flag means; equal ids give equal scores.
    """

    card: Card
    folder: Path
    model_id: str

    def read_weights(self) -> bytes:
        """Read the weights file and check it against the card.

        Raises
        ------
        ArtefactError
            The file is missing, truncated or not the one that the card names.
        """
        return _read_weights(self.folder, self.card)


def load_card(name_or_path: str) -> Artefact:
    """Open the artefact of this shipped name, or in this folder.

    Raises
    ------
    ArtefactError
        There is no such artefact, a file is missing or broken, a key of the card is unknown,
        missing or of the wrong type, or the weights are not the ones that the card names.
    """
    folder = _find(name_or_path)
    card = read_card(folder / CARD_FILE)
    return Artefact(card, folder, _model_id(card, _read_weights(folder, card)))


def shipped_names() -> list[str]:
    """List the names of the artefacts that come with smearwatch."""
    return sorted(card.parent.name for card in SHIPPED.glob(f"*/{CARD_FILE}"))


def _find(name_or_path: str) -> Path:
    folder = Path(name_or_path)
    if folder.is_dir():
        return folder
    names = shipped_names()
    if name_or_path in names:
        return SHIPPED / name_or_path
    close = get_close_matches(name_or_path, names, n=1, cutoff=0.4)
    cure = f"did you mean {close[0]}" if close else f"shipped are: {', '.join(names)}"
    raise ArtefactError(f"model {name_or_path}: no such folder and no shipped model; {cure}?")


def _read_weights(folder: Path, card: Card) -> bytes:
    path = folder / WEIGHTS_FILE
    try:
        with path.open("rb") as file:
            weights = file.read(MAX_WEIGHTS_BYTES + 1)
    except OSError as error:
        raise ArtefactError(
            f"{path}: {error.strerror}; an artefact has {CARD_FILE} and {WEIGHTS_FILE}"
        ) from error
    if len(weights) > MAX_WEIGHTS_BYTES:
        raise ArtefactError(
            f"{path}: larger than {MAX_WEIGHTS_BYTES >> 30} GB, as no model here is"
        )
    if hashlib.sha256(weights).hexdigest() != card.weights_sha256:
        raise ArtefactError(
            f"{path}: truncated or not the weights that {CARD_FILE} names (SHA-256 differs); "
            "copy the artefact again"
        )
    return weights


def _model_id(card: Card, weights: bytes) -> str:
    meaning = {field: getattr(card, field) for field in MEANING}
    meaning |= {field: _without_defaults(meaning[field]) for field in ("normalisation", "score")}
    more = {field: getattr(card, field) for field in MEANING_IF_THERE}
    meaning |= {field: value for field, value in more.items() if value}
    digest = hashlib.sha256(weights)
    digest.update(msgspec.json.encode(meaning, order="deterministic"))
    return f"{card.name}-{digest.hexdigest()[:ID_DIGITS]}"


def _without_defaults(value: Any) -> Any:
    """Take the defaults that were written out for the defaults themselves, which are left out.

    msgspec knows them by identity alone, and a number that was read is another object.
    """
    if isinstance(value, tuple):
        return tuple(map(_without_defaults, value))
    if not isinstance(value, msgspec.Struct):
        return value
    said = {
        field.name: getattr(value, field.name)
        for field in msgspec.structs.fields(value)
        if getattr(value, field.name) != field.default
    }
    return type(value)(**{name: _without_defaults(one) for name, one in said.items()})
