"""What the segmenter found in one picture, as a table that programs can read."""

from typing import Any

import msgspec
from numpy.typing import NDArray

from segmenter import Segmentation

Box = tuple[int, int, int, int]
Point = tuple[float, float]


class CellMeasures(msgspec.Struct, frozen=True):
    """One red blood cell.

    Attributes
    ----------
    box
        (top, left, bottom, right), half-open, in pixels of the picture.
    centroid
        (row, column), in pixels.
    area, diameter
        In square pixels; in pixels, of the circle of that area.
    eccentricity, solidity
        In [0, 1].
    mean_colour
        RGB inside the cell, 0 to 255.
    platelet
        Whether a platelet or stain seems to lie on or against it.
    """

    box: Box
    centroid: Point
    area: float
    diameter: float
    eccentricity: float
    solidity: float
    mean_colour: tuple[int, int, int]
    platelet: bool


class ThingApart(msgspec.Struct, frozen=True):
    """One thing that does not count.

    Attributes
    ----------
    kind
        ``border``, ``clump``, ``white_cell``, ``platelet``, ``debris`` or ``graphic``.
    box, centroid, diameter
        As of cells.
    estimated_cells
        How many red cells it may hold.
    """

    kind: str
    box: Box
    centroid: Point
    diameter: float
    estimated_cells: int


class Quality(msgspec.Struct, frozen=True):
    """Whether the field can be counted: ``good``, or why not; the figures behind that."""

    verdict: str
    focus_score: float
    saturated_share: float
    covered_share: float


class FieldTable(msgspec.Struct, frozen=True):
    """A segmented picture.

    Attributes
    ----------
    image, page
        The file, and its page from 1.
    width, height
        Of the page, in pixels.
    count
        How many red cells count.
    not_cells
        How many things were set apart, by kind.
    quality
        Of the field.
    cells, apart
        A row a cell, and a row a thing set apart, both from top to bottom.
    """

    image: str
    page: int
    width: int
    height: int
    count: int
    not_cells: dict[str, int]
    quality: Quality
    cells: list[CellMeasures]
    apart: list[ThingApart]


def tabulate(
    image: str, page: int, shape: tuple[int, ...], segmentation: Segmentation
) -> FieldTable:
    """Make the table of a segmented page of ``shape``, (h, w, 3)."""
    quality = segmentation.quality
    return FieldTable(
        image=image,
        page=page,
        width=shape[1],
        height=shape[0],
        count=len(segmentation.cells),
        not_cells=segmentation.not_cells,
        quality=Quality(
            quality.verdict, quality.focus_score, quality.saturated_share, quality.covered_share
        ),
        cells=_cells(segmentation),
        apart=_apart(segmentation),
    )


def _cells(segmentation: Segmentation) -> list[CellMeasures]:
    cells = segmentation.cells
    columns = (
        cells.boxes,
        cells.centroids,
        cells.areas,
        cells.diameters,
        cells.eccentricities,
        cells.solidities,
        cells.mean_colours,
        cells.platelets,
    )
    return [CellMeasures(*row) for row in zip(*(_as_python(c) for c in columns), strict=True)]


def _apart(segmentation: Segmentation) -> list[ThingApart]:
    apart = segmentation.apart
    columns = (apart.kinds, apart.boxes, apart.centroids, apart.diameters, apart.estimated_cells)
    return [ThingApart(*row) for row in zip(*(_as_python(c) for c in columns), strict=True)]


def _as_python(column: NDArray[Any]) -> list[Any]:
    """Give a column's values, rows of a matrix as tuples."""
    values = column.tolist()
    return [tuple(value) for value in values] if column.ndim > 1 else values
