"""Figures of one kind of cells with their intervals, and the reasons for what is missing."""

from collections.abc import Sequence
from functools import partial

import msgspec

from workers.evaluation.bootstrap import Interval, Resampling, intervals, why_no_interval
from workers.evaluation.curve import Curve
from workers.evaluation.figures import DECIMALS, FIGURES, unsaid
from workers.evaluation.scored import ScoredCells


class Measured(msgspec.Struct, frozen=True):
    """Figures by name.

    Attributes
    ----------
    figures
        Values; None where one cannot be said.
    intervals
        (low, high) of each, None where it cannot be said.
    reasons
        Why not, by figure; of ``intervals``, why there is none at all.
    """

    figures: dict[str, float | None]
    intervals: dict[str, Interval | None]
    reasons: dict[str, str]


def nothing(names: Sequence[str], reason: str) -> Measured:
    """Give no figures at all, for one reason."""
    return Measured(dict.fromkeys(names), dict.fromkeys(names), dict.fromkeys(names, reason))


def measure(
    cells: ScoredCells, names: Sequence[str], threshold: float, how: Resampling
) -> Measured:
    """Measure how well scores tell infected cells from healthy ones.

    Parameters
    ----------
    cells
        Cells that all have a score, of both kinds.
    names
        Figures of :data:`workers.evaluation.figures.FIGURES`.
    threshold
        Score from which a cell is flagged.
    how
        How groups are drawn for the intervals.
    """
    curve = Curve.of(cells.scores, cells.infected)
    values = {name: FIGURES[name](curve, threshold) for name in names}
    reasons = unsaid(curve, values)
    said = [name for name in names if name not in reasons]
    return Measured(
        {name: _rounded(values[name]) if name in said else None for name in names},
        dict.fromkeys(names) | _intervals(cells, said, threshold, how),
        reasons | _no_interval(cells),
    )


def _intervals(
    cells: ScoredCells, names: Sequence[str], threshold: float, how: Resampling
) -> dict[str, Interval | None]:
    if why_no_interval(cells):
        return dict.fromkeys(names)
    found = intervals(cells, [partial(_figure, name, threshold) for name in names], how)
    return {
        name: None if each is None else (_rounded(each[0]), _rounded(each[1]))
        for name, each in zip(names, found, strict=True)
    }


def _figure(name: str, threshold: float, curve: Curve) -> float:
    return FIGURES[name](curve, threshold)


def _no_interval(cells: ScoredCells) -> dict[str, str]:
    why = why_no_interval(cells)
    return {"intervals": why} if why else {}


def _rounded(value: float) -> float:
    return round(value, DECIMALS)
