"""Where the data sets that are known come from, and what may be done with them."""

import hashlib
from pathlib import Path

from workers.training.datasets.cells import Origin

KNOWN = {
    "malaria-fields": (
        "Arshad et al. 2021, P. vivax thin smears",
        "research use, no licence text",
    ),
    "nih-cells": ("NLM/NIH malaria data set, Rajaraman et al. 2018", "public domain"),
}
UNKNOWN = ("unknown", "unknown")
DIGITS = 16


def origin_of(folder: Path, split: str, listing: str) -> Origin:
    """Say where a set comes from, by the name of its folder.

    Parameters
    ----------
    folder
        The set.
    split
        How its cells are divided, in words.
    listing
        Name of the file that lists its cells.
    """
    name = folder.resolve().name
    source, licence = KNOWN.get(name, UNKNOWN)
    digest = hashlib.sha256((folder / listing).read_bytes()).hexdigest()[:DIGITS]
    return Origin(name, source, licence, split, digest)
