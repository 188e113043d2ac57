"""Draws a site: slides without parasites, labelled infected cells, and the slide in question."""

from dataclasses import dataclass

import numpy as np

from monitor.statistics import ErrorsDrawn, HealthySlides, Sensitivity


@dataclass(frozen=True, slots=True)
class DrawnSlides:
    """What a site is drawn from.

    Attributes
    ----------
    healthy_slides
        How many slides without parasites the false positives are known from, of 2,000 to 20,000
        cells each.
    variation
        Standard deviation of their rates of false cells by the mean.
    parasitemia
        Of the slide in question.
    false_positive, sensitivity
        True mean rates.
    infected_cells
        Labelled, that the sensitivity is known from.
    cells
        Of the slide in question.
    target
        Parasitemia that a slide without parasites is decided at.
    """

    healthy_slides: int
    variation: float
    parasitemia: float
    false_positive: float = 0.002
    sensitivity: float = 0.8
    infected_cells: int = 300
    cells: int = 20_000
    target: float = 0.01

    def errors_and_rate(self, rng: np.random.Generator) -> tuple[ErrorsDrawn, float]:
        """Draw what is known of the model, and the true rate of false cells of the slide."""
        shape = self.variation**-2
        rates = rng.gamma(shape, self.false_positive / shape, self.healthy_slides + 1)
        cells = rng.integers(2_000, 20_001, self.healthy_slides)
        flagged = rng.binomial(cells, np.minimum(rates[:-1], 1))
        found = rng.binomial(self.infected_cells, self.sensitivity) / self.infected_cells
        healthy = HealthySlides(tuple(flagged.tolist()), tuple(cells.tolist()))
        errors = ErrorsDrawn.of(healthy, Sensitivity(found, self.infected_cells))
        return errors, min(float(rates[-1]), 1.0)

    def flagged_share(self, rate: float) -> float:
        """Give the true share of cells that is flagged, at this rate of false cells."""
        return self.parasitemia * self.sensitivity + (1 - self.parasitemia) * rate

    def words(self) -> str:
        """Say what is drawn."""
        return (
            f"{self.healthy_slides} healthy slides, variation {self.variation:g}, "
            f"parasitemia {self.parasitemia:.1%}"
        )
