"""Writes down what a model is that was just trained: its card."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.card import Card, ConfigValue, TrainingData
from workers.evaluation.figures import figures
from workers.messages import CROP_SHAPE
from workers.rethreshold import with_scores, with_threshold
from workers.score import Scorer
from workers.thresholds.choose import choose, in_words
from workers.thresholds.threshold import Budget
from workers.training.choices import ONLY_FOR_TRAINING
from workers.training.datasets import LabelledCells
from workers.training.known_scores import known_scores
from workers.training.limits import limits_of
from workers.training.recipes import Recipe

RULE = Budget(per_million=2_000)


def new_card(
    name: str, recipe: Recipe, sha256: str, scorer: Scorer, sets: Sequence[LabelledCells]
) -> Card:
    """Describe a model that was just trained.

    Parameters
    ----------
    name
        Of the artefact.
    recipe
        How it was trained.
    sha256
        Digest of its weights file.
    scorer
        What scores with it.
    sets
        The data, all parts.

    Raises
    ------
    DataError
        No healthy cell could be scored, so that no threshold can be chosen.
    """
    # The threshold is for cells as the segmenter cuts them: the first set, where there are two.
    labels = recipe.labelled != 0
    known = known_scores(scorer, sets[0], [sets[0].origin.digest], labels)
    threshold = choose(RULE, known.healthy).value
    card = Card(
        name=name,
        architecture=recipe.architecture,
        input_shape=CROP_SHAPE,
        outside_value=recipe.task.outside_value,
        normalisation=recipe.task.normalisation,
        score=scorer.detector.settings,
        threshold=threshold,
        threshold_rule=in_words(RULE),
        healthy_quantiles=(),
        trained_on=tuple(_described(cells, recipe.fit.seed) for cells in sets),
        figures={cells.origin.data: _measured(scorer, cells, threshold) for cells in sets},
        limits=limits_of(recipe, sets),
        created=datetime.now(UTC).date().isoformat(),
        weights_sha256=sha256,
        config=_kept(recipe),
    )
    card = with_scores(card, known.healthy, known.infected)
    return with_threshold(card, RULE, known.healthy, known.infected)[1]


def _kept(recipe: Recipe) -> dict[str, ConfigValue]:
    """Give what the network must be built with to take the weights."""
    return {
        name: value
        for name, value in recipe.config.items()
        if name not in ONLY_FOR_TRAINING and not isinstance(value, Path)
    }


def _described(cells: LabelledCells, seed: int) -> TrainingData:
    held_out = cells.part("held out")
    return TrainingData(
        data=cells.origin.data,
        source=cells.origin.source,
        licence=cells.origin.licence,
        split=cells.origin.split,
        training_cells=len(cells.part("training").healthy()),
        validation_cells=len(cells.part("validation").healthy()),
        held_out_healthy=int((~held_out.infected).sum()),
        held_out_infected=int(held_out.infected.sum()),
        digest=cells.origin.digest,
        seed=seed,
    )


def _measured(scorer: Scorer, cells: LabelledCells, threshold: float) -> dict[str, float]:
    held_out = cells.part("held out")
    healthy = _finite(scorer, held_out.crops[~held_out.infected])
    infected = _finite(scorer, held_out.crops[held_out.infected])
    return figures(healthy, infected, threshold)


def _finite(scorer: Scorer, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    scores = scorer.score(crops).scores
    return scores[np.isfinite(scores)]
