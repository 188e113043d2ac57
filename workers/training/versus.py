"""Two models on the same held-out cells."""

from collections.abc import Sequence

import msgspec
import numpy as np

from workers.evaluation.evaluate import evaluate
from workers.evaluation.paired import Difference, auroc_difference
from workers.evaluation.scored import ScoredCells
from workers.score import Scorer
from workers.training.datasets import LabelledCells

SHOWN = (
    "auroc",
    "sensitivity_at_specificity_99",
    "sensitivity_at_threshold",
    "false_positives_per_million_at_threshold",
)
LEAST_INFECTED = 10
"""Held-out infected cells from which anything is said of how well a model finds such."""
Scoring = tuple[Scorer, float]
"""What scores, and from which score on it flags."""


class Measure(msgspec.Struct, frozen=True):
    """A figure of the old and of the new model, each with its 95 % interval where there is one."""

    old: float | None
    old_interval: tuple[float, float] | None
    new: float | None
    new_interval: tuple[float, float] | None


class Compared(msgspec.Struct, frozen=True):
    """Two models on the held-out part of one set.

    Attributes
    ----------
    data
        Name of the set.
    healthy, infected, groups
        How many cells both scored, and of how many patients or slides.
    figures
        By name.
    auroc_difference
        New minus old.
    """

    data: str
    healthy: int
    infected: int
    groups: int
    figures: dict[str, Measure]
    auroc_difference: Difference


def compare(sets: Sequence[LabelledCells], old: Scoring, new: Scoring) -> tuple[Compared, ...]:
    """Measure both models on the held-out part of each set that has cells of both kinds there."""
    found = []
    for cells in sets:
        held_out = cells.part("held out")
        if held_out.infected.any() and not held_out.infected.all():
            compared = _on(held_out, old, new)
            if compared is not None:
                found.append(compared)
    return tuple(found)


def better(compared: Sequence[Compared]) -> tuple[bool, str]:
    """Say whether the new model may take the old one's place, and why.

    It may where on no held-out part its AUROC is lower, and on the first of them, that of the
    reviewed slides where these are held out, the lower bound of the paired difference is not below
    zero either. Parts with few infected cells say nothing and are passed over.
    """
    enough = [one for one in compared if one.infected >= LEAST_INFECTED]
    if not enough:
        most = max((one.infected for one in compared), default=0)
        return False, (
            f"{most} infected cells are held out and {LEAST_INFECTED} are needed to compare on: "
            "review more slides, or give --data"
        )
    lower = [one.data for one in enough if one.auroc_difference.value < 0]
    if lower:
        return False, f"its AUROC is lower on {', '.join(lower)}"
    first = enough[0]
    if first.auroc_difference.low < 0:
        return False, (
            f"its AUROC on {first.data} is higher, but not surely: the difference may be as low "
            f"as {first.auroc_difference.low:.4f}"
        )
    return True, f"its AUROC on {first.data} is no lower, and surely so"


def _on(cells: LabelledCells, old: Scoring, new: Scoring) -> Compared | None:
    scores = [scorer.score(cells.crops) for scorer, _ in (old, new)]
    both = np.isfinite(scores[0].scores) & np.isfinite(scores[1].scores)
    scored = [
        ScoredCells(one.scores, cells.infected, cells.labels, cells.groups, one.embeddings).only(
            both
        )
        for one in scores
    ]
    infected = scored[0].infected
    if infected.all() or not infected.any():
        return None
    before, after = (
        evaluate(one, threshold).measured
        for one, (_, threshold) in zip(scored, (old, new), strict=True)
    )
    measures = {
        name: Measure(
            before.figures[name],
            before.intervals[name],
            after.figures[name],
            after.intervals[name],
        )
        for name in SHOWN
    }
    return Compared(
        data=cells.origin.data,
        healthy=int((~infected).sum()),
        infected=int(infected.sum()),
        groups=len(np.unique(scored[0].groups)),
        figures=measures,
        auroc_difference=auroc_difference(
            scored[0].scores, scored[1].scores, infected, scored[0].groups
        ),
    )
