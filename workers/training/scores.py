"""The scores that a model can be trained for, by name."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

import msgspec

from config import UsageError
from workers.score_settings import OF_ERRORS, Part, ScoreSettings

DARKER = ScoreSettings(kind="masked-local-maximum", error="darker", erosion_px=4, window_px=3)
LEARNED = ScoreSettings(kind="masked-local-maximum", error="learned", erosion_px=0, window_px=3)
WHOLE = ScoreSettings(kind="whole-crop", error="squared", erosion_px=0, window_px=1)
DISTANCE = ScoreSettings(kind="latent-distance", error="squared", erosion_px=0, window_px=1)
LOGIT = ScoreSettings(kind="logit", error="squared", erosion_px=0, window_px=1)


def combined(*scores: ScoreSettings) -> ScoreSettings:
    """Add scores up, each with the same weight; means and deviations are not measured yet."""
    parts = tuple(Part(score) for score in scores)
    return ScoreSettings("combined", error="squared", erosion_px=0, window_px=1, parts=parts)


SCORES: Mapping[str, ScoreSettings] = MappingProxyType(
    {
        "masked-local-maximum": DARKER,
        "top": ScoreSettings(kind="top", error="darker", erosion_px=4, window_px=3),
        "whole-crop": WHOLE,
        "standardised": msgspec.structs.replace(DARKER, standardised=True),
        "combined": combined(DARKER, WHOLE),
        "learned": LEARNED,
        "learned-combined": combined(LEARNED, DARKER),
        "latent-distance": DISTANCE,
        "logit": LOGIT,
    }
)


def score_named(name: str) -> ScoreSettings:
    """Look a score up.

    Raises
    ------
    UsageError
        No score has this name.
    """
    if name not in SCORES:
        close = get_close_matches(name, SCORES, n=1, cutoff=0.0)[0]
        raise UsageError(
            f"score {name}: unknown; did you mean {close}? There are: {', '.join(SCORES)}"
        )
    return SCORES[name]


def in_hue(score: ScoreSettings) -> ScoreSettings:
    """Give a score for hue and saturation, where to be darker says nothing: squared errors."""
    parts = tuple(msgspec.structs.replace(part, score=in_hue(part.score)) for part in score.parts)
    darker = score.kind in OF_ERRORS and score.error == "darker"
    return msgspec.structs.replace(score, parts=parts, error="squared" if darker else score.error)
