"""How often intervals and verdicts hold what they promise, by simulation."""

from collections.abc import Callable, Iterator
from math import log

import msgspec
import numpy as np
from numpy.typing import NDArray

from monitor.benchmark.slides_drawn import DrawnSlides
from monitor.statistics import (
    Bounds,
    Interval,
    exact_interval,
    log_wealth,
    wilson_interval,
)
from monitor.statistics.corrected import chance_above

CONFIDENCE = 0.95
AT_ONCE = 500
LOOKS = 40


class Coverage(msgspec.Struct, frozen=True):
    """How often an interval held.

    Attributes
    ----------
    method, case
        Which interval, of what.
    runs
        Simulated slides.
    covered
        Share of them whose truth it held, in [0, 1].
    """

    method: str
    case: str
    runs: int
    covered: float


def fixed_coverage(
    method: Callable[[int, int, float], Interval | None],
    share: float,
    cells: int,
    runs: int,
    rng: np.random.Generator,
) -> float:
    """Give how often an interval for one look holds the share of ``cells`` binomial cells."""
    counts, often = np.unique(rng.binomial(cells, share, runs), return_counts=True)
    intervals = [method(int(count), cells, CONFIDENCE) or (1.0, 0.0) for count in counts]
    held = np.array([low <= share <= high for low, high in intervals])
    return float(often[held].sum() / runs)


def anytime_coverage(share: float, cells: int, runs: int, rng: np.random.Generator) -> float:
    """Give how often a share stays within its confidence sequence after every single cell."""
    most = int(share * cells + 10 * np.sqrt(share * cells) + 20)
    numbers = np.arange(1, cells + 1)
    counts = np.minimum(np.arange(most + 1)[:, None], numbers)
    broken = log_wealth(counts, numbers, share) >= -log(1 - CONFIDENCE)
    held = 0
    for start in range(0, runs, AT_ONCE):
        part = min(AT_ONCE, runs - start)
        found = np.cumsum(rng.random((part, cells), np.float32) < share, axis=1)
        held += part - int(broken[np.minimum(found, most), numbers - 1].any(axis=1).sum())
    return held / runs


def corrected_coverage(slides: DrawnSlides, runs: int, rng: np.random.Generator) -> float:
    """Give how often the interval of the corrected parasitemia holds the true one.

    Every run draws the healthy slides that the rates come from, the labelled infected cells and
    the slide in question, whose background differs from theirs.
    """
    tail, held = (1 - CONFIDENCE) / 2, 0
    for _ in range(runs):
        errors, rate = slides.errors_and_rate(rng)
        flagged = int(rng.binomial(slides.cells, slides.flagged_share(rate)))
        above = chance_above(flagged, slides.cells, errors, slides.parasitemia)
        if above < tail:
            above /= chance_above(flagged, slides.cells, errors, 0.0)
        held += tail <= above <= 1 - tail
    return held / runs


def verdict_coverage(slides: DrawnSlides, runs: int, rng: np.random.Generator) -> float:
    """Give how often no wrong verdict is ever given, at 40 looks while a slide is counted.

    A slide without parasites must not be called positive; one at the target not negative.
    """
    numbers = np.unique(np.geomspace(100, slides.cells, LOOKS).astype(int))
    steps = np.diff(numbers, prepend=0)
    blank, held = slides.parasitemia == 0, 0
    for _ in range(runs):
        errors, rate = slides.errors_and_rate(rng)
        bounds = Bounds.of(errors, slides.parasitemia or slides.target, CONFIDENCE)
        flagged = np.cumsum(rng.binomial(steps, slides.flagged_share(rate)))
        held += not (_positive if blank else _negative)(flagged, numbers, bounds).any()
    return held / runs


def _positive(
    flagged: NDArray[np.int64], cells: NDArray[np.int64], bounds: Bounds
) -> NDArray[np.bool_]:
    """Say at which looks the confidence sequence lies above the blank."""
    beyond = log_wealth(flagged, cells, bounds.blank) >= -log(1 - bounds.confidence)
    return np.asarray(beyond & (flagged > bounds.blank * cells))


def _negative(
    flagged: NDArray[np.int64], cells: NDArray[np.int64], bounds: Bounds
) -> NDArray[np.bool_]:
    least = bounds.least_at(bounds.target)
    beyond = log_wealth(flagged, cells, least) >= -log(1 - bounds.confidence)
    return np.asarray(beyond & (flagged < least * cells))


def benchmark_intervals(runs: int, seed: int) -> Iterator[Coverage]:
    """Simulate every interval and the verdict; a row a case, as they are done."""
    rng = np.random.default_rng(seed)
    for share, cells in ((0.01, 10_000), (0.002, 20_000), (0.0002, 100_000), (0.2, 500)):
        case = f"share {share:g}, {cells:,} cells"
        yield Coverage(
            "Wilson", case, runs, fixed_coverage(wilson_interval, share, cells, runs, rng)
        )
        exact = fixed_coverage(exact_interval, share, cells, runs, rng)
        yield Coverage("exact", case, runs, exact)
    for share, cells in ((0.01, 5_000), (0.1, 5_000)):
        case = f"share {share:g}, a look after each of {cells:,} cells"
        yield Coverage("anytime", case, runs, anytime_coverage(share, cells, runs, rng))
    for count, variation in ((4, 0.7), (10, 0.7), (20, 0.5), (20, 1.0)):
        for parasitemia in (0.002, 0.01):
            slides = DrawnSlides(count, variation, parasitemia)
            found = corrected_coverage(slides, runs, rng)
            yield Coverage("corrected", slides.words(), runs, found)
        for parasitemia in (0.0, 0.01):
            slides = DrawnSlides(count, variation, parasitemia)
            yield Coverage("verdict", slides.words(), runs, verdict_coverage(slides, runs, rng))
