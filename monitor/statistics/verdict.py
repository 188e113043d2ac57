"""Whether a growing count has decided a slide, by bounds that hold whenever one stops."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np

from monitor.statistics.errors_drawn import ErrorsDrawn
from monitor.statistics.limits import blank_quantile
from monitor.statistics.sequence import anytime_interval

Call = Literal["positive", "negative", "undecided"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What flagged shares mean, at one confidence.

    The chance to err, 1 - confidence, is shared out: half to the confidence sequence of the
    slide's flagged share, half to what the model's error rates on this slide may be. So a slide
    without parasites is ever called positive, and one at or above the target ever negative, with
    at most that chance, however often one looks and whenever one stops.

    Attributes
    ----------
    confidence
        Of the confidence sequence, in (0, 1).
    blank
        Flagged share that a slide without parasites does not exceed.
    cleanest
        Flagged share that it does not go below.
    least_sensitivity
        Share of infected cells that is flagged at the least.
    target
        Parasitemia that a negative slide must not have.
    typical_false, typical_sensitivity
        Single estimates of the rates, for planning.
    """

    confidence: float
    blank: float
    cleanest: float
    least_sensitivity: float
    target: float
    typical_false: float
    typical_sensitivity: float

    @classmethod
    def of(
        cls, errors: ErrorsDrawn, target: float, confidence: float, blank_rate: float | None = None
    ) -> Self:
        """Take bounds from the model's errors.

        Parameters
        ----------
        errors
            On one slide.
        target
            Parasitemia of interest, in (0, 1].
        confidence
            Of the verdict, in (0, 1).
        blank_rate
            Limit of blank as a flagged share, where it is stated.
        """
        error = 1 - confidence
        return cls(
            confidence=1 - error / 2,
            blank=blank_quantile(errors, 1 - error / 2, blank_rate),
            cleanest=float(np.quantile(errors.false_positive, error / 4)),
            least_sensitivity=float(np.quantile(errors.sensitivity, error / 4)),
            target=target,
            typical_false=errors.false_positive_rate,
            typical_sensitivity=errors.sensitivity_rate,
        )

    def call(self, flagged: float, cells: float) -> Call:
        """Call a slide after so many cells; may be fractions, as in planning."""
        low, high = anytime_interval(flagged, cells, self.confidence)
        if low > self.blank:
            return "positive"
        return "negative" if high < self.least_at(self.target) else "undecided"

    def excluded(self, flagged: float, cells: float) -> float | None:
        """Give the least parasitemia that the count excludes; None: none yet."""
        high = anytime_interval(flagged, cells, self.confidence)[1]
        gain = self.least_sensitivity - self.cleanest
        if gain <= 0 or high >= self.least_sensitivity:
            return None
        return max((high - self.cleanest) / gain, 0.0)

    def typical_at(self, parasitemia: float) -> float:
        """Give the flagged share to expect."""
        return parasitemia * self.typical_sensitivity + (1 - parasitemia) * self.typical_false

    def decidable_from(self) -> float:
        """Give the target from which on enough cells decide a typical slide, in [0, 1] or more."""
        shown = _ratio(self.blank - self.typical_false, self.typical_sensitivity - self.blank)
        excluded = _ratio(
            self.typical_false - self.cleanest, self.least_sensitivity - self.typical_false
        )
        return max(shown, excluded)

    def least_at(self, parasitemia: float) -> float:
        """Give the flagged share that a slide with this parasitemia does not go below."""
        return parasitemia * self.least_sensitivity + (1 - parasitemia) * self.cleanest


def _ratio(above: float, below: float) -> float:
    """Solve ``p * gain = above`` with ``gain = above + below``; beyond 1 where it has no answer."""
    if above <= 0:
        return 0.0
    return above / (above + below) if below > 0 else float("inf")
