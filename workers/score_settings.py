"""How what a network gives becomes one anomaly score."""

from typing import Literal

import msgspec

Kind = Literal["masked-local-maximum", "top", "whole-crop", "latent-distance", "logit", "combined"]
OF_ERRORS = ("masked-local-maximum", "top", "whole-crop")
"""Kinds that are made of errors, position by position."""


class ScoreSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How what a network gives becomes one anomaly score.

    Attributes
    ----------
    kind
        ``"masked-local-maximum"``: the largest smoothed error inside the eroded mask;
        ``"top"``: the mean of the ``top`` largest of these; ``"whole-crop"``: the mean error
        inside the mask; ``"latent-distance"``: squared distance of the embedding from the
        centre; ``"logit"``: log odds that a supervised network gives; ``"combined"``: the
        weighted sum of ``parts``, where the next three fields say nothing.
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
    standardised
        Count each error of a reconstruction by how many standard deviations it exceeds those
        of healthy cells at its place, which lie in the weights file.
    parts
        What ``"combined"`` adds up; empty for all other kinds.
    """

    kind: Kind
    error: Literal["squared", "absolute", "darker", "learned"]
    erosion_px: int
    window_px: int
    top: int = 20
    standardised: bool = False
    parts: "tuple[Part, ...]" = ()

    def simple(self) -> "tuple[ScoreSettings, ...]":
        """Give the scores that this one is made of: itself, or those of its parts."""
        return tuple(part.score for part in self.parts) if self.kind == "combined" else (self,)


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One score of a combination: ``weight * (score - mean) / deviation`` is added.

    Attributes
    ----------
    score
        Of any kind but ``"combined"``.
    mean, deviation
        Of the scores of healthy cells; the deviation is > 0.
    weight
        How much it counts, > 0.
    """

    score: ScoreSettings
    mean: float = 0.0
    deviation: float = 1.0
    weight: float = 1.0
