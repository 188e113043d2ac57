"""What a model's errors may be on one slide: the two rates that counts are corrected by."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from monitor.statistics.background import (
    DRAWS,
    HealthySlides,
    background_rates,
    van_der_corput,
)

LEAST_GAIN = 1e-6


class Sensitivity(msgspec.Struct, frozen=True):
    """How many infected cells are flagged.

    Attributes
    ----------
    rate
        Flagged share of infected cells, in [0, 1].
    effective_cells
        How many independent cells that rests on, > 0.
    """

    rate: float
    effective_cells: float


@dataclass(frozen=True, slots=True)
class ErrorsDrawn:
    """Even samples of what the error rates on one slide may be.

    Attributes
    ----------
    false_positive
        (d,) float64 in [0, 1]: share of the slide's healthy cells that is flagged.
    sensitivity
        (d,) float64 in [0, 1]: share of its infected cells that is flagged.
    false_positive_rate, sensitivity_rate
        Their single estimates.
    """

    false_positive: NDArray[np.float64]
    sensitivity: NDArray[np.float64]
    false_positive_rate: float
    sensitivity_rate: float

    @classmethod
    def of(cls, healthy: HealthySlides, sensitivity: Sensitivity) -> Self:
        """Draw both: Jeffreys' beta distribution for the sensitivity."""
        drawn = _sensitivities(sensitivity)
        rates = background_rates(healthy)
        # A model that flags infected cells no oftener than healthy ones says nothing.
        rates = np.minimum(rates, 1 - LEAST_GAIN)
        return cls(rates, np.maximum(drawn, rates + LEAST_GAIN), healthy.rate, sensitivity.rate)

    def flagged_share(self, parasitemia: float) -> NDArray[np.float64]:
        """Give what share of a slide's cells may be flagged at a parasitemia, (d,) float64."""
        return parasitemia * self.sensitivity + (1 - parasitemia) * self.false_positive


@lru_cache(maxsize=64)
def _sensitivities(sensitivity: Sensitivity) -> NDArray[np.float64]:
    found = sensitivity.rate * sensitivity.effective_cells
    missed = sensitivity.effective_cells - found
    return np.asarray(betaincinv(found + 0.5, missed + 0.5, van_der_corput(DRAWS, 3)))
