"""How many healthy cells the model flags, on average and from slide to slide."""

from functools import lru_cache

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, gammaincinv, gammaln

DRAWS = 1024
LEAST_VARIATION, MOST_VARIATION = 0.03, 3.0
PRIOR_VARIATION = 1.0
REACH = 6.0
VARIATIONS, MEANS, STRATA = 32, 41, 128


class HealthySlides(msgspec.Struct, frozen=True):
    """Slides or patients without parasites, as the model counted them.

    Attributes
    ----------
    flagged, cells
        How many of how many scored cells were flagged, slide by slide.
    """

    flagged: tuple[int, ...]
    cells: tuple[int, ...]

    def __post_init__(self) -> None:
        pairs = list(zip(self.flagged, self.cells, strict=True))
        if not pairs or any(not 0 <= flagged <= cells or not cells for flagged, cells in pairs):
            raise ValueError(f"each healthy slide needs cells, 0 <= flagged <= cells: {pairs}")

    @property
    def rate(self) -> float:
        """Flagged share of all their cells, in [0, 1]."""
        return sum(self.flagged) / sum(self.cells)


def background_rates(slides: HealthySlides) -> NDArray[np.float64]:
    """Give what share of its healthy cells the model may flag on the next slide.

    Slides differ in stain, focus and platelets, so that their rates are taken as gamma
    distributed and their counts as Poisson: the negative binomial [1]_. Mean and coefficient of
    variation, known from few slides, are integrated over on a grid [2]_: a half-integer prior on
    the mean, on the variation a half-normal one of scale 1 [3]_, at which rates are spread
    exponentially. With few slides the upper rates are therefore high: what has not been seen
    cannot be promised.

    Parameters
    ----------
    slides
        The healthy slides.

    Returns
    -------
    NDArray
        (1024,) float64 in [0, 1]: an even sample of the predictive distribution, always the same.

    References
    ----------
    .. [1] M. Greenwood and G. U. Yule, "An inquiry into the nature of frequency distributions
       representative of multiple happenings", J. R. Stat. Soc. 83, 255-279 (1920).
    .. [2] A. Gelman et al., "Bayesian data analysis", 3rd ed., sec. 5.3 and 5.4 (2013).
    .. [3] A. Gelman, "Prior distributions for variance parameters in hierarchical models",
       Bayesian Anal. 1, 515-534 (2006).
    """
    variations = _variations()
    flagged, cells = np.array(slides.flagged, float), np.array(slides.cells, float)
    means, weights = _posterior(flagged, cells, variations)
    cumulated = np.cumsum(weights.ravel())
    places = np.searchsorted(cumulated, (np.arange(DRAWS) + 0.5) / DRAWS * cumulated[-1])
    row = places // MEANS
    strata = (van_der_corput(DRAWS, 2) * STRATA).astype(int)
    rates = means.ravel()[places] * _unit_gamma_quantiles()[row, strata]
    capped: NDArray[np.float64] = np.minimum(rates, 1.0)
    return capped


def _posterior(
    flagged: NDArray[np.float64], cells: NDArray[np.float64], variations: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give mean rates and their weights, both (variations, means)."""
    shape = variations[:, None] ** -2.0
    spread = np.sqrt(1 / (flagged.sum() + 0.5) + variations[:, None] ** 2 / len(cells))
    centre = np.log((flagged.sum() + 0.5) / cells.sum())
    logs = centre + spread * np.linspace(-REACH, REACH, MEANS)
    means = np.exp(logs)
    scale = shape / means
    likelihood = np.zeros_like(means)
    for count, size in zip(flagged, cells, strict=True):
        likelihood += gammaln(count + shape) - gammaln(shape)
        likelihood += shape * np.log(scale) - (count + shape) * np.log(size + scale)
    # Both are stepped through on logarithmic scales, the mean by its spread.
    prior = 0.5 * logs + np.log(spread) + np.log(variations[:, None])
    prior -= 0.5 * (variations[:, None] / PRIOR_VARIATION) ** 2
    weights = likelihood + prior
    return means, np.exp(weights - weights.max())


@lru_cache(maxsize=1)
def _variations() -> NDArray[np.float64]:
    return np.geomspace(LEAST_VARIATION, MOST_VARIATION, VARIATIONS)


@lru_cache(maxsize=1)
def _unit_gamma_quantiles() -> NDArray[np.float64]:
    """Give the mean of each stratum of a gamma distribution of mean 1, (variations, strata)."""
    shape = _variations()[:, None] ** -2.0
    edges = gammaincinv(shape, np.arange(STRATA + 1) / STRATA)
    below = gammainc(shape + 1, edges)
    means: NDArray[np.float64] = np.diff(below, axis=1) * STRATA
    return means


def van_der_corput(count: int, base: int) -> NDArray[np.float64]:
    """Give the first points of the van der Corput sequence in (0, 1), evenly spread, (count,)."""
    points = np.zeros(count)
    rest, unit = np.arange(1, count + 1), 1.0
    while rest.any():
        unit /= base
        points += unit * (rest % base)
        rest //= base
    return points
