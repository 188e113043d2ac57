"""What values of a card make no sense, whatever their type."""

import math
import re

from workers.card import Card, Normalisation
from workers.messages import CROP_SHAPE
from workers.score_settings import OF_ERRORS, Part, ScoreSettings

MOST_BLUR_PX = 10.0


def is_name(name: str) -> bool:
    """Say whether a model may be called so: letters, digits, dots, underscores and dashes."""
    return re.fullmatch(r"[\w.-]+", name, re.ASCII) is not None


def problems_of(card: Card) -> list[str]:
    """Say what is wrong with the values of a card, a line each; empty: nothing."""
    wrong = {
        "threshold: must be a finite number": not math.isfinite(card.threshold),
        "healthy_quantiles: must be at least 2 finite numbers in rising order": (
            len(card.healthy_quantiles) < 2  # noqa: PLR2004
            or not all(map(math.isfinite, card.healthy_quantiles))
            or list(card.healthy_quantiles) != sorted(card.healthy_quantiles)
        ),
        f"input_shape: must be {list(CROP_SHAPE)}": card.input_shape != CROP_SHAPE,
        "outside_value: must be in 0..255": card.outside_value not in range(256),
        "name: must be letters, digits, '.', '_' and '-'": not is_name(card.name),
    }
    return [
        *_holding(wrong),
        *problems_of_meaning(card.normalisation, card.score),
        *_of_threshold(card),
    ]


def problems_of_meaning(how: Normalisation, score: ScoreSettings) -> list[str]:
    """Say what is wrong with inputs and score, or with the two together."""
    return [*_of_normalisation(how), *_of_score(score, how)]


def _holding(wrong: dict[str, bool]) -> list[str]:
    return [text for text, holds in wrong.items() if holds]


def _of_threshold(card: Card) -> list[str]:
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


def _of_normalisation(how: Normalisation) -> list[str]:
    blur = f"normalisation.blur_px: must be in 0..{MOST_BLUR_PX:g}"
    return _holding(
        {
            "normalisation.scale: must be positive and finite": not 0 < how.scale < math.inf,
            blur: not 0 <= how.blur_px <= MOST_BLUR_PX,
        }
    )


def _of_score(score: ScoreSettings, how: Normalisation) -> list[str]:
    said = _of_one(score, how, "score")
    if (score.kind == "combined") != bool(score.parts):
        said.append("score.parts: must be there for combined, and for no other kind")
    for number, part in enumerate(score.parts):
        said += _of_part(part, f"score.parts[{number}]")
        said += _of_one(part.score, how, f"score.parts[{number}].score")
    if len({part.score.error for part in score.parts if part.score.standardised}) > 1:
        said.append("score.parts: those that are standardised must have the same error")
    return said


def _of_part(part: Part, where: str) -> list[str]:
    nested = part.score.kind == "combined" or bool(part.score.parts)
    finite = all(map(math.isfinite, (part.mean, part.deviation, part.weight)))
    numbers = f"{where}: mean, deviation and weight must be finite, the last two positive"
    return _holding(
        {
            f"{where}.score: a combination cannot hold another one": nested,
            numbers: not (finite and part.deviation > 0 and part.weight > 0),
        }
    )


def _of_one(score: ScoreSettings, how: Normalisation, where: str) -> list[str]:
    side = min(CROP_SHAPE[:2])
    half = side // 2
    of_errors = score.kind in OF_ERRORS
    rebuilt = of_errors and score.error != "learned"
    return _holding(
        {
            f"{where}.erosion_px: must be in 0..{half - 1}": score.erosion_px not in range(half),
            f"{where}.window_px: must be odd and in 1..{side - 1}": (
                score.window_px not in range(1, side, 2)
            ),
            f"{where}.top: must be in 1..{side * side}": not 1 <= score.top <= side * side,
            f"{where}.standardised: is for errors of a reconstruction alone": (
                score.standardised and not rebuilt
            ),
            f"{where}.error: darker says nothing in hsv": (
                of_errors and score.error == "darker" and how.colours == "hsv"
            ),
        }
    )
