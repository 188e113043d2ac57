"""Keeps what each fold of a cross-validation found, so that an interrupted one goes on."""

import hashlib
from pathlib import Path

import msgspec
import numpy as np

from workers.evaluation.scored import ScoredCells
from workers.training.datasets import LabelledCells
from workers.training.fit_settings import FitSettings

DIGITS = 12


def place_of(
    folder: Path, architecture: str, how: FitSettings, cells: LabelledCells, fold: int
) -> Path:
    """Name the file of one fold of one set: another for whatever would change what is in it."""
    described = [architecture, cells.origin.digest, len(cells), msgspec.to_builtins(how)]
    digest = hashlib.sha256(msgspec.json.encode(described)).hexdigest()[:DIGITS]
    return folder / f"{architecture}-{cells.origin.data}-{fold}-{digest}.npz"


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
