"""Sets a site's threshold by its own slides without parasites, or says why it cannot."""

from datetime import UTC, datetime
from importlib.metadata import version
from math import ceil

import numpy as np
from numpy.typing import NDArray

from config import SmearwatchError
from config.settings import DecisionSettings
from monitor.decision.basis import sensitivity_at
from monitor.decision.site import Site, SiteSlide
from monitor.statistics import ErrorsDrawn, HealthySlides, blank_quantile, reachable
from monitor.statistics.background import background_rates
from monitor.statistics.limits import BETA
from monitor.statistics.said import at_least_per_ul, per_ul
from workers.card import Card

LEAST_SLIDES = 4
"""Blank samples that CLSI EP17-A2 asks for."""
QUANTILES = np.linspace(0, 1, 101)

Scores = dict[str, NDArray[np.float64]]


class CalibrationError(SmearwatchError):
    """A site's slides cannot promise what is asked of them."""


def calibrate_site(
    scores: Scores, model_id: str, card: Card, budget_per_ul: float, settings: DecisionSettings
) -> Site:
    """Find the lowest threshold at which 95 % of slides without parasites keep to a budget.

    Slides differ, so that the budget is held against the predictive distribution of the next
    slide's false positives (:func:`monitor.statistics.background.background_rates`), not against
    the mean.

    Parameters
    ----------
    scores
        (n,) finite scores of each slide, by its id.
    model_id, card
        Of the model that scored them.
    budget_per_ul
        False parasites per microlitre.
    settings
        How many red cells a microlitre has.

    Raises
    ------
    CalibrationError
        The slides or their cells are too few, or no infected cell is found at the threshold.
    """
    if len(scores) < LEAST_SLIDES:
        raise CalibrationError(
            f"{len(scores)} slides without parasites: {LEAST_SLIDES - len(scores)} more are "
            "needed to see how slides differ (CLSI EP17-A2)"
        )
    budget = budget_per_ul / settings.rbc_per_ul
    threshold = _threshold(scores, budget, budget_per_ul)
    slides = _counted(scores, threshold)
    errors = _errors(slides, card, threshold)
    best = reachable(errors)
    if best is None:
        raise CalibrationError(
            f"at threshold {threshold:g}, which keeps to {per_ul(budget_per_ul)}, the model finds "
            f"{errors.sensitivity_rate:.1%} of infected cells, too few to detect any slide: "
            "allow a larger --budget, or train a better model"
        )
    pooled = np.concatenate([*scores.values()])
    return Site(
        model_id=model_id,
        threshold=threshold,
        budget_per_ul=budget_per_ul,
        rbc_per_ul=settings.rbc_per_ul,
        limit_of_blank_per_ul=blank_quantile(errors, 1 - BETA) * settings.rbc_per_ul,
        limit_of_detection_per_ul=best * settings.rbc_per_ul,
        slides=slides,
        healthy_quantiles=tuple(np.quantile(pooled, QUANTILES).tolist()),
        created=datetime.now(UTC).date().isoformat(),
        software_version=version("smearwatch"),
    )


def _threshold(scores: Scores, budget: float, budget_per_ul: float) -> float:
    """Find the lowest threshold that keeps to a budget, by halving over the ranks of all scores."""
    ranked = np.unique(np.concatenate([*scores.values()]))
    candidates = np.append(ranked, np.nextafter(ranked[-1], np.inf))
    _refuse_too_few(scores, float(candidates[-1]), budget, budget_per_ul)
    low, high = -1, len(candidates) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if _blank(scores, float(candidates[middle])) <= budget:
            high = middle
        else:
            low = middle
    return float(candidates[high])


def _refuse_too_few(scores: Scores, beyond_all: float, budget: float, per_ul_asked: float) -> None:
    """Refuse slides that could not keep to the budget even with no cell flagged."""
    reached = _blank(scores, beyond_all)
    if reached <= budget:
        return
    cells = sum(len(values) for values in scores.values())
    needed = ceil(cells * reached / budget)
    raise CalibrationError(
        f"{len(scores)} slides with {cells:,} scored cells cannot promise "
        f"{per_ul(per_ul_asked)} even with none of them flagged: about {needed - cells:,} more "
        f"cells of slides without parasites are needed, or a --budget of "
        f"{at_least_per_ul(per_ul_asked * reached / budget)}"
    )


def _blank(scores: Scores, threshold: float) -> float:
    slides = _counted(scores, threshold)
    return float(np.quantile(background_rates(_healthy(slides)), 1 - BETA))


def _counted(scores: Scores, threshold: float) -> tuple[SiteSlide, ...]:
    return tuple(
        SiteSlide(name, len(values), int(np.count_nonzero(values >= threshold)))
        for name, values in scores.items()
    )


def _healthy(slides: tuple[SiteSlide, ...]) -> HealthySlides:
    return HealthySlides(tuple(s.flagged for s in slides), tuple(s.cells for s in slides))


def _errors(slides: tuple[SiteSlide, ...], card: Card, threshold: float) -> ErrorsDrawn:
    sensitivity = sensitivity_at(card, threshold)
    if sensitivity is None:
        raise CalibrationError(
            f"the card of {card.name} keeps no scores of infected cells, so that no limit of "
            "detection can be given: give it some with smearwatch threshold --data SET"
        )
    return ErrorsDrawn.of(_healthy(slides), sensitivity)
