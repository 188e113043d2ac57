"""What is known of a model's errors at a threshold: by its card, or by the site's own slides."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from monitor.decision.site import Site
from monitor.statistics import ErrorsDrawn, HealthySlides, Sensitivity
from workers.artefact import Artefact
from workers.calibration.error_rates import error_rate
from workers.card import Card
from workers.thresholds.adapt import Space
from workers.thresholds.space import space_of


@dataclass(frozen=True)
class Basis:
    """A model's errors at a threshold, and what its healthy cells look like.

    Attributes
    ----------
    threshold
        Score from which a cell is flagged.
    healthy
        Slides without parasites.
    sensitivity
        For infected cells.
    healthy_quantiles
        Scores of healthy cells at evenly spaced quantiles 0, ..., 1.
    space
        In what a change of stain moves scores.
    words
        Where ``healthy`` comes from.
    """

    threshold: float
    healthy: HealthySlides
    sensitivity: Sensitivity
    healthy_quantiles: tuple[float, ...]
    space: Space
    words: str

    @cached_property
    def errors(self) -> ErrorsDrawn:
        """What the error rates of one slide may be."""
        return ErrorsDrawn.of(self.healthy, self.sensitivity)


def find_basis(artefact: Artefact, threshold: float, site: Site | None) -> Basis | str:
    """Find what is known, or say in a sentence why nothing is.

    Parameters
    ----------
    artefact
        The model.
    threshold
        Score from which a cell is flagged.
    site
        Calibration of the site; left aside where it is for another model or threshold.
    """
    card = artefact.card
    sensitivity = sensitivity_at(card, threshold)
    if sensitivity is None:
        return f"the card of {card.name} keeps no scores of infected cells"
    space = space_of(card.score)
    if site is not None and site.model_id == artefact.model_id and site.threshold == threshold:
        kind = "SIMULATED slides" if site.simulated else "slides"
        words = f"{len(site.slides)} {kind} of the site"
        quantiles = site.healthy_quantiles
        return Basis(threshold, site.healthy(), sensitivity, quantiles, space, words)
    healthy = _healthy_at(card, threshold)
    if healthy is None:
        return f"the card of {card.name} does not tell how often healthy cells reach {threshold:g}"
    words = f"{len(healthy.cells)} slides or patients of the card of {card.name}"
    return Basis(threshold, healthy, sensitivity, card.healthy_quantiles, space, words)


def sensitivity_at(card: Card, threshold: float) -> Sensitivity | None:
    """Give how many infected cells a threshold finds; None where their scores are not kept."""
    infected = card.infected
    if infected is None or not infected.whole:
        return None
    missed = error_rate(infected.errors(np.array(infected.tail) < threshold), infected.sizes())
    return Sensitivity(1 - missed.rate, missed.effective_cells)


def _healthy_at(card: Card, threshold: float) -> HealthySlides | None:
    healthy = card.healthy
    if healthy is None or not (healthy.whole or threshold >= healthy.tail[0]):
        return None
    flagged = healthy.errors(np.array(healthy.tail) >= threshold)
    return HealthySlides(tuple(flagged.tolist()), tuple(healthy.sizes().tolist()))
