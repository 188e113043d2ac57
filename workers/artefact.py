"""A trained model with its meaning: ``card.yaml`` beside ``weights.safetensors``."""

import hashlib
import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from config import SmearwatchError

CARD_FILE = "card.yaml"
WEIGHTS_FILE = "weights.safetensors"
SHIPPED = Path(__file__).parent / "artefacts"
ID_DIGITS = 12
MEANING = (
    "architecture",
    "input_shape",
    "outside_value",
    "normalisation",
    "score",
    "threshold",
    "healthy_quantiles",
)


class ArtefactError(SmearwatchError):
    """A model artefact is missing, broken or not what its card says."""


class Normalisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a uint8 crop becomes the network's input: ``(crop - centre) / scale``.

    Attributes
    ----------
    centre
        ``"cell-mean"``: the mean colour inside the cell's mask, a channel at a time.
        Pixels outside the mask are set to it, so that the cut-out edge vanishes.
    scale
        Grey levels that make up one unit, > 0.
    """

    centre: Literal["cell-mean"]
    scale: float


class ScoreSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the reconstruction becomes one anomaly score.

    Attributes
    ----------
    kind
        ``"masked-local-maximum"``: the largest smoothed error inside the eroded mask.
    error
        Error of one pixel, in squared normalised units, mean over channels:
        ``"squared"`` counts any difference, ``"darker"`` only what is darker than rebuilt.
    erosion_px
        How far the mask is eroded, in pixels of the crop, >= 0.
    window_px
        Side of the square over which the error is averaged, in pixels, odd.
    """

    kind: Literal["masked-local-maximum"]
    error: Literal["squared", "darker"]
    erosion_px: int
    window_px: int


class TrainingData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One data set that a model was trained on.

    Attributes
    ----------
    data, source, licence
        Name of the set, where it comes from and what may be done with it.
    split
        How cells were held out, in words.
    training_cells, validation_cells, held_out_healthy, held_out_infected
        How many cells each part has; training and validation hold healthy cells only.
    """

    data: str
    source: str
    licence: str
    split: str
    training_cells: int
    validation_cells: int
    held_out_healthy: int
    held_out_infected: int


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a model is, what its scores mean and where it comes from.

    Attributes
    ----------
    name, architecture
        Name of the artefact and of its network in :mod:`workers.models`.
    input_shape
        (height, width, channels) of a crop, uint8 RGB.
    outside_value
        A pixel with this value in every channel lies outside the cell's mask.
    normalisation, score
        From crop to input, and from reconstruction to score.
    threshold
        Score from which a cell is flagged.
    threshold_rule
        How the threshold was chosen, in words.
    healthy_quantiles
        Scores of held-out healthy cells at evenly spaced quantiles 0, ..., 1.
    trained_on
        The data.
    figures
        What was measured on the held-out part, by data set: ``{set: {figure: value}}``.
    limits
        What it cannot do, in sentences.
    created
        Day of the training, ISO 8601.
    weights_sha256
        SHA-256 of the weights file, hexadecimal.
    """

    name: str
    architecture: str
    input_shape: tuple[int, int, int]
    outside_value: int
    normalisation: Normalisation
    score: ScoreSettings
    threshold: float
    threshold_rule: str
    healthy_quantiles: tuple[float, ...]
    trained_on: tuple[TrainingData, ...]
    figures: dict[str, dict[str, float]]
    limits: tuple[str, ...]
    created: str
    weights_sha256: str


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
    card = _read_card(folder / CARD_FILE)
    return Artefact(card, folder, _model_id(card, _read_weights(folder, card)))


def shipped_names() -> list[str]:
    """List the names of the artefacts that come with smearwatch."""
    return sorted(card.parent.name for card in SHIPPED.glob(f"*/{CARD_FILE}"))


def dump_card(card: Card) -> str:
    """Write a card as YAML text that :func:`load_card` reads."""
    return yaml.safe_dump(msgspec.to_builtins(card), sort_keys=False, width=100)


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


def _read_card(path: Path) -> Card:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        card = msgspec.convert(content, Card)
    except OSError as error:
        raise ArtefactError(
            f"{path}: {error.strerror}; an artefact has {CARD_FILE} and {WEIGHTS_FILE}"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ArtefactError(f"{path}: not YAML{_place(error)}; restore the file") from error
    except msgspec.ValidationError as error:
        raise ArtefactError(f"{path}: {error}{_nearest_key(str(error))}") from error
    _check_values(card, path)
    return card


def _place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return "" if mark is None else f" at line {mark.line + 1}"


def _nearest_key(problem: str) -> str:
    unknown = re.search(r"unknown field `(.+?)`", problem)
    structs: tuple[Any, ...] = (Card, Normalisation, ScoreSettings, TrainingData)
    keys = [key for struct in structs for key in struct.__struct_fields__]
    close = get_close_matches(unknown[1], keys, n=1) if unknown else []
    return f"; did you mean {close[0]}?" if close else ""


def _check_values(card: Card, path: Path) -> None:
    wrong = {
        "threshold: must be a finite number": not math.isfinite(card.threshold),
        "healthy_quantiles: must be at least 2 finite numbers in rising order": (
            len(card.healthy_quantiles) < 2  # noqa: PLR2004
            or not all(map(math.isfinite, card.healthy_quantiles))
            or list(card.healthy_quantiles) != sorted(card.healthy_quantiles)
        ),
        "normalisation.scale: must be positive": not card.normalisation.scale > 0,
        "score.erosion_px: must not be negative": card.score.erosion_px < 0,
        "score.window_px: must be odd and positive": card.score.window_px % 2 != 1,
        "outside_value: must be in 0..255": card.outside_value not in range(256),
        "name: must be letters, digits, '.', '_' and '-'": not re.fullmatch(
            r"[\w.-]+", card.name, re.ASCII
        ),
    }
    for problem, is_wrong in wrong.items():
        if is_wrong:
            raise ArtefactError(f"{path}: {problem}; restore the card or train again")


def _read_weights(folder: Path, card: Card) -> bytes:
    path = folder / WEIGHTS_FILE
    try:
        weights = path.read_bytes()
    except OSError as error:
        raise ArtefactError(
            f"{path}: {error.strerror}; an artefact has {CARD_FILE} and {WEIGHTS_FILE}"
        ) from error
    if hashlib.sha256(weights).hexdigest() != card.weights_sha256:
        raise ArtefactError(
            f"{path}: truncated or not the weights that {CARD_FILE} names (SHA-256 differs); "
            "copy the artefact again"
        )
    return weights


def _model_id(card: Card, weights: bytes) -> str:
    meaning = {field: getattr(card, field) for field in MEANING}
    digest = hashlib.sha256(weights)
    digest.update(msgspec.json.encode(meaning, order="deterministic"))
    return f"{card.name}-{digest.hexdigest()[:ID_DIGITS]}"
