"""Keeps what each fold of a cross-validation found, so that an interrupted one goes on."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from workers.evaluation.scored import ScoredCells
from workers.training.datasets import LabelledCells
from workers.training.recipes import Recipe

DIGITS = 12


def place_of(
    folder: Path, recipe: Recipe, sets: Sequence[LabelledCells], cells: LabelledCells, fold: int
) -> Path:
    """Name the file of one fold of one set: another for whatever would change what is in it.

    Parameters
    ----------
    folder
        Where it lies.
    recipe
        How the network is trained and scored.
    sets
        All that it is trained on, divided into groups.
    cells
        The set in question.
    fold
        Which fifth is held out.
    """
    digest = hashlib.sha256(repr(recipe).encode())
    for seen in sets:
        digest.update(repr((seen.origin.digest, len(seen))).encode())
        digest.update(np.ascontiguousarray(seen.groups).tobytes())
    name = f"{recipe.architecture}-{cells.origin.data}-{fold}-{digest.hexdigest()[:DIGITS]}.npz"
    return folder / name


def keep(place: Path, scored: ScoredCells) -> None:
    """Write scored cells, whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_suffix(".partial.npz")
    np.savez_compressed(
        partial,
        scores=scored.scores,
        labels=scored.labels,
        groups=scored.groups,
        embeddings=scored.embeddings,
        infected=scored.infected,
    )
    partial.replace(place)


def kept(place: Path) -> ScoredCells:
    """Read what :func:`keep` wrote; no pickled object is read."""
    with np.load(place, allow_pickle=False) as file:
        return ScoredCells(
            file["scores"], file["infected"], file["labels"], file["groups"], file["embeddings"]
        )
