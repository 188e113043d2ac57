"""Draws into healthy cells what parasites, and what stain, light and dirt, leave in them."""

from workers.training.drawing.artefacts import with_artefacts
from workers.training.drawing.lesions import with_lesions
from workers.training.drawing.pairs import with_pairs
from workers.training.drawing.picture import Picture
from workers.training.drawing.variation import blurred, stained, turned, with_grain

__all__ = [
    "Picture",
    "blurred",
    "stained",
    "turned",
    "with_artefacts",
    "with_grain",
    "with_lesions",
    "with_pairs",
]
