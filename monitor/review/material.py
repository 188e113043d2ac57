"""Makes what a model learns further from of what was gathered from the store."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from monitor.review.reviewed_cells import Gathered
from workers.training.datasets import HEALTHY, LabelledCells
from workers.training.datasets.reviewed_cells import groups_of
from workers.training.material import Material


def material_of(
    gathered: Gathered, reviewed: LabelledCells, more: Sequence[LabelledCells]
) -> Material:
    """Bring reviewed and random cells together.

    Parameters
    ----------
    gathered
        From the store.
    reviewed
        The same reviewed cells as they were written to a labelled set and read from it.
    more
        Other labelled sets.
    """
    cells = gathered.cells
    names = [cell.slide for cell in cells]
    others = [slide for slide, crops in gathered.presumed.items() for _ in crops]
    groups = groups_of([*names, *others])
    well = np.array([cell.drawn and not cell.infected for cell in cells], bool)
    presumed = [*gathered.presumed.values()]
    random = LabelledCells(
        reviewed.origin,
        np.concatenate([reviewed.crops[well], *presumed]),
        np.full(int(well.sum()) + len(others), HEALTHY),
        np.concatenate([groups[: len(cells)][well], groups[len(cells) :]]),
    )
    numbered = replace(reviewed, groups=groups[: len(cells)])
    return Material(numbered, random, ~well, len(others), tuple(more))
