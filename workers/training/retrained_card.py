"""Writes down what a model is that has learned further from reviewed cells: its card."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import numpy as np

from workers.artefact import Artefact
from workers.card import Card, TrainingData
from workers.evaluation.figures import figures
from workers.messages import CROP_SHAPE
from workers.rethreshold import with_scores, with_threshold
from workers.score import Scorer
from workers.thresholds.choose import choose, in_words
from workers.thresholds.sample import GroupedScores
from workers.thresholds.threshold import Budget
from workers.training.datasets import DataError, LabelledCells
from workers.training.known_scores import grouped
from workers.training.limits import limits_of
from workers.training.material import Material, in_part
from workers.training.recipes import Recipe
from workers.training.versus import LEAST_INFECTED


def retrained_card(
    name: str,
    base: Artefact,
    recipe: Recipe,
    scorer: Scorer,
    sha256: str,
    budget: Budget,
    material: Material,
) -> Card:
    """Describe a model that has learned further.

    Its threshold rests on healthy cells drawn by chance from slides that validate, and on those of
    other sets of fields; its sensitivity on infected cells of the held-out slides, which it was
    compared on as well, as all others were learned from.

    Raises
    ------
    DataError
        No healthy cell could be scored, so that no threshold can be chosen.
    """
    sets = [material.reviewed, *material.more]
    healthy = _healthy(scorer, material)
    infected = _infected(scorer, sets)
    threshold = choose(budget, healthy).value
    card = Card(
        name=name,
        architecture=recipe.architecture,
        input_shape=CROP_SHAPE,
        outside_value=recipe.task.outside_value,
        normalisation=recipe.task.normalisation,
        score=scorer.detector.settings,
        threshold=threshold,
        threshold_rule=in_words(budget),
        healthy_quantiles=(),
        trained_on=_trained_on(base, sets),
        figures={cells.origin.data: found for cells, found in _figures(scorer, sets, threshold)},
        limits=_limits(recipe, sets, material),
        created=datetime.now(UTC).date().isoformat(),
        weights_sha256=sha256,
        config=dict(base.card.config) if recipe.config == base.card.config else {},
    )
    card = with_scores(card, healthy, infected)
    return with_threshold(card, budget, healthy, infected)[1]


def _healthy(scorer: Scorer, material: Material) -> GroupedScores:
    fields = [cells for cells in material.more if cells.lost is not None]
    own = material.random.part("validation")
    # With no slide that validates, those learned from must do.
    own = own if len(own) or fields else material.random.only(~in_part(material.random, "held out"))
    parts = [own, *(cells.part("validation").healthy() for cells in fields)]
    groups, first = [], 0
    for cells in parts:
        groups.append(cells.groups + first)
        first = int(groups[-1].max(initial=first - 1)) + 1
    crops = np.concatenate([cells.crops for cells in parts])
    known, _ = grouped(scorer, crops, np.concatenate(groups), "random healthy cells")
    if known is None:
        raise DataError(
            "no random healthy cell could be scored, so no threshold can be chosen: count slides "
            "anew so that random cells are kept (store.max_sampled_cells), or give --data"
        )
    return known


def _infected(scorer: Scorer, sets: Sequence[LabelledCells]) -> GroupedScores | None:
    first = sets[0].part("held out")
    ill = first.only(first.infected)
    if len(ill) < LEAST_INFECTED:
        return None
    return grouped(scorer, ill.crops, ill.groups, "infected cells of held-out slides")[0]


def _figures(
    scorer: Scorer, sets: Sequence[LabelledCells], threshold: float
) -> Iterator[tuple[LabelledCells, dict[str, float]]]:
    for cells in sets:
        held_out = cells.part("held out")
        scores = scorer.score(held_out.crops).scores
        there = np.isfinite(scores)
        healthy, infected = (
            scores[there & kind] for kind in (~held_out.infected, held_out.infected)
        )
        if len(healthy) and len(infected):
            yield cells, figures(healthy, infected, threshold)


def _trained_on(base: Artefact, sets: Sequence[LabelledCells]) -> tuple[TrainingData, ...]:
    """List what the weights have seen, that of the start first: its seed deals the parts."""
    described = [_described(cells, base.card.seed) for cells in sets]
    new = {one.digest for one in described}
    before = [one for one in base.card.trained_on if not (one.digest and one.digest in new)]
    return (*before, *described)


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


def _limits(recipe: Recipe, sets: Sequence[LabelledCells], material: Material) -> tuple[str, ...]:
    said = limits_of(recipe, sets)
    return (
        *said,
        f"{material.presumed:,} random cells that nobody has judged were taken to be healthy.",
        "Its figures on reviewed cells are of cells that were shown for the score of the model "
        "before, or drawn by chance.",
    )
