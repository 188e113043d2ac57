"""Says in sentences what a model that was just trained cannot do."""

from collections.abc import Iterator, Sequence

from workers.training.datasets import LabelledCells
from workers.training.recipes import Recipe


def limits_of(recipe: Recipe, sets: Sequence[LabelledCells]) -> tuple[str, ...]:
    """Say what a model cannot do.

    Parameters
    ----------
    recipe
        How it was trained.
    sets
        On which data.
    """
    return (
        "Flags what does not look like a healthy red blood cell; a flag is a suspicion, no "
        "diagnosis.",
        _learned_from(recipe.labelled),
        *_of_fields(sets),
        f"Seen in training: {'; '.join(cells.origin.source for cells in sets)}; nothing else.",
        "Platelets on cells, stain deposits and neighbours inside an outline are flagged as well.",
        "A parasitemia below the rate of false flags, see error_rates, cannot be told from none.",
    )


def _learned_from(labelled: int | None) -> str:
    if labelled == 0:
        return (
            "Weights and threshold come from healthy cells only; which error, erosion and window "
            "the score takes was chosen on labelled cells of the groups that are not held out."
        )
    which = "labelled cells" if labelled is None else f"{labelled} labelled infected cells"
    return (
        f"Learned from {which}: what looks unlike those may be missed, however unhealthy it is. "
        "The threshold comes from healthy cells only."
    )


def _of_fields(sets: Sequence[LabelledCells]) -> Iterator[str]:
    for cells in sets:
        if cells.lost is not None:
            yield (
                f"The figures of {cells.origin.data} rest on the infected cells that the segmenter "
                "found in the held-out part; those that it sets apart, in clumps above all, are "
                "missed besides."
            )
