"""Joins a trained network with its score, as far as that rests on healthy cells."""

from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from workers.anomaly import error_map
from workers.detector import Detector
from workers.evidence import ScoreError, score_of
from workers.healthy_errors import HealthyErrors
from workers.inputs import Inputs
from workers.models import Output
from workers.score_settings import Part, ScoreSettings
from workers.training.datasets import FIFTHS, LabelledCells
from workers.training.recipes import Recipe

AT_ONCE = 256


def detector_of(
    network: nn.Module, recipe: Recipe, sets: Sequence[LabelledCells], fold: int = FIFTHS - 1
) -> Detector:
    """Join a trained network with its score.

    Parameters
    ----------
    network
        Trained as ``recipe`` says, on the CPU; it is left in evaluation.
    recipe
        Says which score.
    sets
        Labelled cells: the healthy ones of the training part are measured, where the score is
        standardised by them or combined.
    fold
        Which of each five groups is held out.

    Raises
    ------
    ScoreError
        A part of a combination is the same for all healthy cells.
    """
    cells = _Healthy(network.eval(), recipe, sets, fold)
    with torch.no_grad():
        healthy = _errors(cells, recipe.score)
        parts = _measured(cells, recipe.score.parts, healthy)
    score = msgspec.structs.replace(recipe.score, parts=parts)
    return Detector(network, recipe.task.outside_value, recipe.task.normalisation, score, healthy)


class _Healthy:
    """What a network gives of the healthy cells that it learned from."""

    def __init__(
        self, network: nn.Module, recipe: Recipe, sets: Sequence[LabelledCells], fold: int
    ) -> None:
        self._network = network
        self._recipe = recipe
        self._sets = sets
        self._fold = fold

    def __iter__(self) -> Iterator[tuple[Output, Inputs]]:
        for cells in self._sets:
            crops = cells.part("training", self._fold).healthy().crops
            for start in range(0, len(crops), AT_ONCE):
                inputs = self._recipe.task.plain(crops[start : start + AT_ONCE])
                yield self._network(inputs.pixels), inputs


def _errors(cells: _Healthy, score: ScoreSettings) -> HealthyErrors | None:
    kinds = [one.error for one in score.simple() if one.standardised]
    if not kinds:
        return None
    return HealthyErrors.of(
        (error_map(inputs.pixels, output.reconstruction, kinds[0]), inputs.mask)
        for output, inputs in cells
        if output.reconstruction is not None
    )


def _measured(
    cells: _Healthy, parts: tuple[Part, ...], healthy: HealthyErrors | None
) -> tuple[Part, ...]:
    if not parts:
        return ()
    found = [
        [score_of(output, inputs, part.score, healthy).numpy() for part in parts]
        for output, inputs in cells
    ]
    scores = [np.concatenate(of_part) for of_part in zip(*found, strict=True)]
    return tuple(_standardised(part, of) for part, of in zip(parts, scores, strict=True))


def _standardised(part: Part, scores: NDArray[np.float32]) -> Part:
    there = scores[np.isfinite(scores)].astype(np.float64)
    deviation = float(there.std()) if len(there) else 0.0
    if not deviation > 0:
        raise ScoreError(
            f"score combined: {part.score.kind} is the same for all {len(there)} healthy cells; "
            "give more cells or choose another score"
        )
    return msgspec.structs.replace(part, mean=float(there.mean()), deviation=deviation)
