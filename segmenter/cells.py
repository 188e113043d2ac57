"""What the segmenter finds in a frame: cells, other things, and how good the field is."""

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
    platelets
        (n,) bool, a platelet or stain seems to lie on or against the cell, see
        :func:`segmenter.platelets.with_platelet`; a hint that changes no count.
    """

    boxes: NDArray[np.int32]
    centroids: NDArray[np.float32]
    areas: NDArray[np.float32]
    diameters: NDArray[np.float32]
    eccentricities: NDArray[np.float32]
    solidities: NDArray[np.float32]
    mean_colours: NDArray[np.uint8]
    platelets: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.boxes)


@dataclass(frozen=True, slots=True)
class SetApart:
    """What is stained in a field but not counted, one row a thing, top to bottom.

    Attributes
    ----------
    kinds
        (m,) str: ``"border"`` (a red cell cut by the border, which the border rule leaves to the
        neighbouring field), ``"clump"`` (red cells that could not be split), ``"white_cell"``,
        ``"platelet"``, ``"debris"`` or ``"graphic"`` (burned-in text or scale bar, a pointer,
        and the cells under them).
    boxes
        (m, 4) int32, (top, left, bottom, right), half-open, in pixels of the frame.
    centroids
        (m, 2) float32, (row, column), in pixels of the frame.
    diameters
        (m,) float32, diameter in pixels of the circle of the same area.
    estimated_cells
        (m,) int32, how many red cells it may hold: 1 for ``"border"``, 2 or more for
        ``"clump"``, 0 for the others.
    """

    kinds: NDArray[np.str_]
    boxes: NDArray[np.int32]
    centroids: NDArray[np.float32]
    diameters: NDArray[np.float32]
    estimated_cells: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.kinds)

    def counts(self) -> dict[str, int]:
        """Count the things of each kind; kinds that are absent are left out."""
        names, counts = np.unique(self.kinds, return_counts=True)
        return {str(name): int(count) for name, count in zip(names, counts, strict=True)}


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
        (h, w) int32 at working resolution: 0 is the empty field, i + 1 is row i of ``cells``,
        and len(cells) + 1 + j is row j of ``apart``.
    scale
        Working pixels per frame pixel (0.5: labels are half the frame's size).
    cells
        The red blood cells that count.
    background
        (3,) float32, RGB of the empty field, each in (0, 255].
    quality
        Whether the field can be counted.
    apart
        What was found and does not count.
    diameter_px
        Usual diameter of a cell in pixels of the frame, by which the cells were told apart;
        None where there was no cell.
    """

    labels: NDArray[np.int32]
    scale: float
    cells: Cells
    background: NDArray[np.float32]
    quality: FieldQuality
    apart: SetApart
    diameter_px: float | None

    @property
    def not_cells(self) -> dict[str, int]:
        """How many things were set apart, by kind."""
        return self.apart.counts()
