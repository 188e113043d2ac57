"""What is really there in a simulated field: the truth that counts are compared with."""

from dataclasses import dataclass
from typing import Literal

Stage = Literal["uninfected", "ring", "trophozoite", "schizont"]
STAGES: tuple[Stage, ...] = ("uninfected", "ring", "trophozoite", "schizont")


@dataclass(frozen=True, slots=True)
class CellTruth:
    """One red blood cell as seen in one frame.

    Attributes
    ----------
    id
        Stable name of the cell on its slide; the same in every frame that shows it.
    slide_centre
        (row, column) in pixels on the slide.
    centre
        (row, column) in pixels of the frame; may lie outside it where the cell is cut.
    radius_px
        Radius in pixels of the circle of the same area.
    box
        (top, left, bottom, right), half-open, in pixels, clipped to the frame.
    stage
        ``uninfected``, or the stage of the parasite inside.
    cut
        True: the frame's border cuts the cell.
    overlapping
        True: the cell was laid so that it touches or overlaps another one.
    """

    id: str
    slide_centre: tuple[int, int]
    centre: tuple[int, int]
    radius_px: float
    box: tuple[int, int, int, int]
    stage: Stage
    cut: bool
    overlapping: bool

    @property
    def infected(self) -> bool:
        """Whether a parasite is inside."""
        return self.stage != "uninfected"


@dataclass(frozen=True, slots=True)
class FieldTruth:
    """Everything that one frame shows.

    Attributes
    ----------
    position
        (row, column) in pixels on the slide of the frame's top left pixel.
    size
        (height, width) of the frame in pixels.
    cells
        Every red blood cell that has at least one pixel in the frame.
    platelets, white_cells, deposits
        How many of these have their centre in the frame.
    """

    position: tuple[int, int]
    size: tuple[int, int]
    cells: tuple[CellTruth, ...]
    platelets: int
    white_cells: int
    deposits: int

    @property
    def whole(self) -> tuple[CellTruth, ...]:
        """The cells that the border does not cut."""
        return tuple(cell for cell in self.cells if not cell.cut)

    @property
    def infected(self) -> int:
        """How many of the cells, cut ones included, hold a parasite."""
        return sum(cell.infected for cell in self.cells)
