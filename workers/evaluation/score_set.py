"""Scores the part of a data set that a model did not see."""

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.artefact import Artefact
from workers.evaluation.scored import ScoredCells
from workers.score import Scorer
from workers.training.datasets import DataError, LabelledCells

EvaluatedPart = Literal["held-out", "all"]


def unseen_part(cells: LabelledCells, artefact: Artefact) -> EvaluatedPart:
    """Say which part of a set tells how a model does on cells that it never saw.

    A set is known by what it lists, whatever its folder is called; by its name where the card
    does not say what it listed.
    """
    known = {data.digest or data.data for data in artefact.card.trained_on}
    return "held-out" if known & {cells.origin.digest, cells.origin.data} else "all"


def take_part(cells: LabelledCells, part: EvaluatedPart) -> LabelledCells:
    """Give a part of a set.

    Raises
    ------
    DataError
        It lacks infected or healthy cells.
    """
    taken = cells.part("held out") if part == "held-out" else cells
    where = f"{cells.origin.data}: the held-out part" if part == "held-out" else cells.origin.data
    for name, there in (("infected", taken.infected), ("healthy", ~taken.infected)):
        if not there.any():
            raise DataError(
                f"{where} has no {name} cells: sensitivity and specificity need both; "
                "add some or name another set"
            )
    return taken


def score_cells(cells: LabelledCells, scorer: Scorer) -> ScoredCells:
    """Score labelled cells.

    Raises
    ------
    DataError
        No infected or no healthy cell gets a score.
    """
    said = scorer.score(cells.crops)
    scored = ScoredCells(said.scores, cells.infected, cells.labels, cells.groups, said.embeddings)
    for name, kind in (("infected", scored.infected), ("healthy", ~scored.infected)):
        if not scored.usable[kind].any():
            raise DataError(
                f"{cells.origin.data}: the model gives none of the {int(kind.sum())} {name} cells "
                "a score; check the pictures, or train the model again"
            )
    return scored


def grey(crops: NDArray[np.uint8], outside: int) -> NDArray[np.uint8]:
    """Take the colour from crops: luminance (ITU-R BT.601) in all channels.

    Parameters
    ----------
    crops
        (n, h, w, 3) uint8, RGB.
    outside
        Value of every channel outside a cell, where it stays; no pixel inside gets it.

    Returns
    -------
    (n, h, w, 3) uint8.
    """
    count, height, width, _ = crops.shape
    inside = (crops != outside).any(axis=3)
    levels = cv2.cvtColor(crops.reshape(-1, width, 3), cv2.COLOR_RGB2GRAY)
    levels = levels.reshape(count, height, width)
    levels[levels == outside] = 1 if outside == 0 else outside - 1
    levels[~inside] = outside
    return np.repeat(levels[..., None], 3, axis=3)
