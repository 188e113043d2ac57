"""Chooses the kind of calibration that a sample bears."""

from numpy.typing import ArrayLike

from workers.calibration.calibration import Calibration
from workers.calibration.isotonic import isotonic
from workers.calibration.platt import platt
from workers.thresholds.finite import finite

ENOUGH_CELLS = 1000
ENOUGH_OF_A_CLASS = 100


def calibrate(
    healthy: ArrayLike, infected: ArrayLike, prevalence: float = 0.5, cells: str = ""
) -> Calibration:
    """Fit an isotonic curve, or with few cells Platt's.

    Below about a thousand cells a free curve follows chance: A. Niculescu-Mizil and R. Caruana,
    "Predicting good probabilities with supervised learning", ICML (2005).

    Parameters
    ----------
    healthy, infected
        Scores, (n,) and (m,).
    prevalence
        Infected share for which the curve holds, in (0, 1).
    cells
        Which cells these are, in words.

    Raises
    ------
    ThresholdError
        A score is missing or not finite, or the prevalence is no share.
    """
    well, ill = finite(healthy, "healthy cells"), finite(infected, "infected cells")
    enough = len(well) + len(ill) >= ENOUGH_CELLS and min(len(well), len(ill)) >= ENOUGH_OF_A_CLASS
    return (isotonic if enough else platt)(well, ill, prevalence, cells)
