"""What a model's scores mean and where it comes from: the card beside its weights."""

import math
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from config import SmearwatchError
from workers.calibration.calibration import Calibration
from workers.calibration.error_rate import ErrorRates
from workers.thresholds.sample import GroupedScores
from workers.thresholds.threshold import Threshold

CARD_FILE = "card.yaml"
WEIGHTS_FILE = "weights.safetensors"


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


class ScoreSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How what a network gives becomes one anomaly score.

    Attributes
    ----------
    kind
        ``"masked-local-maximum"``: the largest smoothed error inside the eroded mask;
        ``"top"``: the mean of the ``top`` largest of these; ``"whole-crop"``: the mean error
        inside the mask; ``"latent-distance"``: squared distance of the embedding from the
        centre; ``"logit"``: log odds that a supervised network gives.
    error
        Error of one pixel, in normalised units, mean over channels: ``"squared"`` and
        ``"absolute"`` count any difference, ``"darker"`` only what is darker than rebuilt,
        squared; ``"learned"`` takes the log odds of an anomaly that the network gives itself,
        and the score is their softplus: the same order, but never negative.
    erosion_px
        How far the mask is eroded, in pixels of the crop, >= 0.
    window_px
        Side of the square over which the error is averaged, in pixels, odd.
    top
        How many errors ``"top"`` takes, > 0.
    """

    kind: Literal["masked-local-maximum", "top", "whole-crop", "latent-distance", "logit"]
    error: Literal["squared", "absolute", "darker", "learned"]
    erosion_px: int
    window_px: int
    top: int = 20


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
    digest
        Of the file that lists the set's cells; empty in older cards.
    """

    data: str
    source: str
    licence: str
    split: str
    training_cells: int
    validation_cells: int
    held_out_healthy: int
    held_out_infected: int
    digest: str = ""


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
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
    threshold_details
        The threshold's rule, intervals and warning.
    healthy, infected
        Scores that thresholds and error rates rest on: the largest ones of healthy cells, and
        those of infected cells that no weight has seen and that are not held out.
    calibration
        From score to probability.
    error_rates
        False positives and false negatives at the threshold.
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
    threshold_details: Threshold | None = None
    healthy: GroupedScores | None = None
    infected: GroupedScores | None = None
    calibration: Calibration | None = None
    error_rates: ErrorRates | None = None


def dump_card(card: Card) -> str:
    """Write a card as YAML text that :func:`read_card` reads."""
    return yaml.safe_dump(
        msgspec.to_builtins(card), sort_keys=False, width=100, default_flow_style=None
    )


def read_card(path: Path) -> Card:
    """Read a card and check it.

    Raises
    ------
    ArtefactError
        The file is missing or broken, or a key is unknown, missing or has no sensible value.
    """
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
        "score.top: must be positive": card.score.top < 1,
        "outside_value: must be in 0..255": card.outside_value not in range(256),
        "name: must be letters, digits, '.', '_' and '-'": not re.fullmatch(
            r"[\w.-]+", card.name, re.ASCII
        ),
    }
    problems = [*_threshold_problems(card), *(text for text, holds in wrong.items() if holds)]
    for problem in problems:
        raise ArtefactError(f"{path}: {problem}; restore the card or train again")


def _threshold_problems(card: Card) -> list[str]:
    """Say what is wrong with that which is optional."""
    parts = {"healthy": card.healthy, "infected": card.infected, "calibration": card.calibration}
    found = [(name, part.problem()) for name, part in parts.items() if part is not None]
    said = [f"{name}: {problem}" for name, problem in found if problem is not None]
    details, rates = card.threshold_details, card.error_rates
    if details is not None and details.value != card.threshold:
        said.append("threshold_details.value: must be the threshold")
    if rates is not None and rates.threshold != card.threshold:
        said.append("error_rates.threshold: must be the threshold")
    return said
