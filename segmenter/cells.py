"""What the segmenter finds in a frame: cells, and how good the field is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Cells:
    """The red blood cells of one field, one row a cell, in a fixed order (top to bottom).

    Attributes
    ----------
    boxes
        (n, 4) int32, (top, left, bottom, right), half-open, in pixels of the frame.
    centroids
        (n, 2) float32, (row, column), in pixels of the frame.
    areas
        (n,) float32, in square pixels of the frame.
    diameters
        (n,) float32, diameter in pixels of the circle of the same area.
    eccentricities, solidities
        (n,) float32, in [0, 1], as scikit-image's ``regionprops`` defines them.
    mean_colours
        (n, 3) uint8, mean RGB inside the mask.
    """

    boxes: NDArray[np.int32]
    centroids: NDArray[np.float32]
    areas: NDArray[np.float32]
    diameters: NDArray[np.float32]
    eccentricities: NDArray[np.float32]
    solidities: NDArray[np.float32]
    mean_colours: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.boxes)


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """Whether a field can be counted, and the figures behind that.

    Attributes
    ----------
    verdict
        ``"good"``, or the reason for which the field is rejected:
        ``"empty"``, ``"blurred"``, ``"saturated"`` or ``"crowded"``.
    focus_score
        Sharpness of the cell outlines, >= 0, higher is sharper (scale-free).
    saturated_share
        Share of pixels at 0 or 255 in every channel, in [0, 1].
    covered_share
        Share of the field covered by foreground, in [0, 1].
    """

    verdict: str
    focus_score: float
    saturated_share: float
    covered_share: float


@dataclass(frozen=True, slots=True)
class Segmentation:
    """A segmented frame.

    Attributes
    ----------
    labels
        (h, w) int32 at working resolution: 0 is not a cell, i + 1 is row i of ``cells``.
    scale
        Working pixels per frame pixel (0.5: labels are half the frame's size).
    cells
        The red blood cells.
    background
        (3,) float32, RGB of the empty field, each in (0, 255].
    quality
        Whether the field can be counted.
    not_cells
        How many things were set apart, by kind (``"white_cell"``, ``"platelet"``,
        ``"debris"``, ``"graphic"``, ``"border"``, ``"clump"``).
    """

    labels: NDArray[np.int32]
    scale: float
    cells: Cells
    background: NDArray[np.float32]
    quality: FieldQuality
    not_cells: dict[str, int]
