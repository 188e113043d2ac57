"""What a model's scores mean and where it comes from: the card beside its weights."""

from typing import Literal

import msgspec
import yaml

from config import SmearwatchError
from workers.calibration.calibration import Calibration
from workers.calibration.error_rate import ErrorRates
from workers.score_settings import ScoreSettings
from workers.thresholds.sample import GroupedScores
from workers.thresholds.threshold import Threshold

CARD_FILE = "card.yaml"
WEIGHTS_FILE = "weights.safetensors"

Colours = Literal["rgb", "grey", "hsv"]
ConfigValue = bool | int | float | str | tuple[int, ...]


class ArtefactError(SmearwatchError):
    """A model artefact is missing, broken or not what its card says."""


class Normalisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a uint8 crop becomes the network's input: ``(crop - centre) / scale``.

    Blurred first, then in other colours, then centred.

    Attributes
    ----------
    centre
        ``"cell-mean"``: the mean colour inside the cell's mask, a channel at a time.
        Pixels outside the mask are set to it, so that the cut-out edge vanishes.
    scale
        Grey levels that make up one unit, > 0.
    colours
        ``"rgb"``; ``"grey"``: the luminance (ITU-R BT.601) in all three channels; ``"hsv"``:
        255 s cos h, 255 s sin h and the value v in grey levels, so that the hue h, an angle,
        never jumps, and does not count where there is no saturation s.
    blur_px
        Standard deviation of a Gaussian over the cell alone, in pixels of the crop, in [0, 10];
        0: none.
    """

    centre: Literal["cell-mean"]
    scale: float
    colours: Colours = "rgb"
    blur_px: float = 0.0


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
    seed
        With which its patients or slides were dealt to the parts.
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
    seed: int = 0


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
    config
        Settings of the network that do not have their default.
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
    config: dict[str, ConfigValue] = {}

    @property
    def seed(self) -> int:
        """With which patients and slides were dealt to the parts: who is held out."""
        return self.trained_on[0].seed if self.trained_on else 0


def dump_card(card: Card) -> str:
    """Write a card as YAML text that :func:`read_card` reads."""
    return yaml.safe_dump(
        msgspec.to_builtins(card), sort_keys=False, width=100, default_flow_style=None
    )
