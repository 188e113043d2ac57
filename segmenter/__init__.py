"""Pure functions from a frame to its cells: masks, boxes, crops and field quality."""

from segmenter.cells import Cells, FieldQuality, Segmentation, SetApart
from segmenter.crops import OUTSIDE, cut_crops, mask_of
from segmenter.draw import draw
from segmenter.graphics import standing_graphics
from segmenter.legend import with_legend
from segmenter.segment import segment

__all__ = [
    "OUTSIDE",
    "Cells",
    "FieldQuality",
    "Segmentation",
    "SetApart",
    "cut_crops",
    "draw",
    "mask_of",
    "segment",
    "standing_graphics",
    "with_legend",
]
