"""From the scores of one data set by one model to everything that is said of them."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from workers.evaluation.bootstrap import Interval, Resampling
from workers.evaluation.curve import Curve
from workers.evaluation.figures import DECIMALS, FIGURES, OF_A_STAGE
from workers.evaluation.measured import Measured, measure, nothing
from workers.evaluation.scored import ScoredCells

LEAST_OF_A_STAGE = 5
"""Cells of a stage from which anything is said of it."""


class Confusion(msgspec.Struct, frozen=True):
    """Cells by what they are and whether they score at least the threshold."""

    true_positives: int
    false_negatives: int
    false_positives: int
    true_negatives: int


class Evaluation(msgspec.Struct, frozen=True):
    """How well a model tells the infected cells of a data set from its healthy ones.

    Attributes
    ----------
    cells, healthy, infected
        How many cells were delivered to the model.
    unscored
        How many of these it gave no score; they are in no figure but
        ``sensitivity_per_annotated_cell``.
    groups
        Patients or stretches of a slide that they come from.
    threshold
        Score from which a cell is flagged.
    confusion_matrix
        Scored cells at that threshold.
    measured
        Figures over all stages.
    by_stage
        For each stage, its cells and its figures against all healthy cells.
    missed_by_segmenter
        Annotated infected cells that the segmenter did not deliver, by stage; None where the
        set is one of single cells.
    sensitivity_per_annotated_cell
        Infected cells flagged, of all that are annotated: missed and unscored ones count as
        not flagged. None where the set is one of single cells.
    """

    cells: int
    healthy: int
    infected: int
    unscored: int
    groups: int
    threshold: float
    confusion_matrix: Confusion
    measured: Measured
    by_stage: dict[str, "Stage"]
    missed_by_segmenter: dict[str, int] | None
    sensitivity_per_annotated_cell: float | None

    def flat(self) -> dict[str, object]:
        """Give all figures by one name each, as ``--json`` prints them."""
        rest = {name: getattr(self, name) for name in self.__struct_fields__ if name != "measured"}
        return {
            **rest,
            **self.measured.figures,
            "by_stage": {name: stage.flat() for name, stage in self.by_stage.items()},
            "intervals": self.measured.intervals,
            "reasons": self.measured.reasons,
        }


class Stage(msgspec.Struct, frozen=True):
    """How well infected cells of one stage are told from all healthy ones.

    Attributes
    ----------
    cells
        Scored cells of the stage.
    measured
        The figures; none where there are too few cells.
    """

    cells: int
    measured: Measured

    def flat(self) -> dict[str, object]:
        """Give all figures by one name each."""
        figures: dict[str, float | None] = self.measured.figures
        intervals: dict[str, Interval | None] = self.measured.intervals
        reasons = self.measured.reasons
        return {"cells": self.cells, **figures, "intervals": intervals, "reasons": reasons}


def evaluate(
    cells: ScoredCells,
    threshold: float,
    missed: NDArray[np.str_] | None = None,
    how: Resampling | None = None,
) -> Evaluation:
    """Measure how well scores tell infected cells from healthy ones.

    Parameters
    ----------
    cells
        At least one healthy and one infected cell with a score.
    threshold
        Score from which a cell is flagged.
    missed
        (m,) str, stages of the annotated infected cells that the segmenter did not deliver;
        None: there was nothing to segment.
    how
        How groups are drawn for the intervals; None: as usual.
    """
    scored, how = cells.only(cells.usable), how or Resampling()
    confusion = _confusion(scored, threshold)
    stages = sorted(set(cells.labels[cells.infected].tolist()))
    return Evaluation(
        cells=len(cells),
        healthy=int((~cells.infected).sum()),
        infected=int(cells.infected.sum()),
        unscored=int((~cells.usable).sum()),
        groups=len(np.unique(cells.groups)),
        threshold=threshold,
        confusion_matrix=confusion,
        measured=measure(scored, tuple(FIGURES), threshold, how),
        by_stage={name: _stage(scored, name, threshold, how) for name in stages},
        missed_by_segmenter=None if missed is None else _counts(missed),
        sensitivity_per_annotated_cell=None
        if missed is None
        else round(confusion.true_positives / (int(cells.infected.sum()) + len(missed)), DECIMALS),
    )


def _confusion(cells: ScoredCells, threshold: float) -> Confusion:
    curve = Curve.of(cells.scores, cells.infected)
    true, false = curve.flagged(threshold)
    return Confusion(true, curve.infected - true, false, curve.healthy - false)


def _stage(cells: ScoredCells, label: str, threshold: float, how: Resampling) -> Stage:
    of_it = cells.labels == label
    count = int(of_it.sum())
    if count < LEAST_OF_A_STAGE:
        noun = "cell" if count == 1 else "cells"
        why = f"cannot be said from {count} {noun}: needs {LEAST_OF_A_STAGE}"
        return Stage(count, nothing(OF_A_STAGE, why))
    return Stage(count, measure(cells.only(of_it | ~cells.infected), OF_A_STAGE, threshold, how))


def _counts(labels: NDArray[np.str_]) -> dict[str, int]:
    names, counts = np.unique(labels, return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))
