"""Where the data sets that are known come from, and what may be done with them."""

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


def origin_of(folder: Path, split: str) -> Origin:
    """Say where the set in ``folder`` comes from, by the folder's name."""
    name = folder.resolve().name
    source, licence = KNOWN.get(name, UNKNOWN)
    return Origin(data=name, source=source, licence=licence, split=split)
