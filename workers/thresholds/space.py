"""In what a change of stain moves the scores of a model."""

from workers.score_settings import ScoreSettings
from workers.thresholds.adapt import Space


def space_of(score: ScoreSettings) -> Space:
    """Give the space of :func:`workers.thresholds.adapt.adapt` for scores of this kind."""
    if score.kind in ("logit", "combined") or score.standardised:
        return "linear"
    if score.error == "learned" and score.kind != "latent-distance":
        return "log-odds"
    return "logarithmic"
