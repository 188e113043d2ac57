"""A virtual thin blood smear: any place on it can be looked at, and what is there is known."""

from collections.abc import Iterator
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from monitor.sources.simulated.bank import DEPOSIT, PLATELET, WHITE_CELL, SpriteBank
from monitor.sources.simulated.camera import Camera, Image
from monitor.sources.simulated.layout import Layout, Tile
from monitor.sources.simulated.options import SmearOptions
from monitor.sources.simulated.red_cells import UNITY, Sprite
from monitor.sources.simulated.stains import slide_stain
from monitor.sources.simulated.truth import STAGES, CellTruth, FieldTruth

REACH_DIAMETERS = 2.2


class VirtualSmear:
    """One slide under a microscope, without end, fully decided by its seed and options.

    Parameters
    ----------
    seed
        Of the slide, 0 or more.
    options
        How crowded, how infected, how stained; and the size of a frame.
    """

    def __init__(self, seed: int = 1, options: SmearOptions | None = None) -> None:
        self.options = options or SmearOptions()
        self.stain = slide_stain(self.options.stain, seed)
        self.size = (self.options.height, self.options.width)
        self._bank = SpriteBank(seed, self.stain, self.options.diameter)
        self._layout = Layout(seed, self.options, self._bank.outlines)
        self._seed = seed

    @cached_property
    def _camera(self) -> Camera:
        return Camera(self._seed, self.stain, self.size)

    def render(
        self,
        position: tuple[int, int],
        focus_blur_px: float = 0.0,
        motion: tuple[int, int] = (0, 0),
        exposure: int = 0,
    ) -> tuple[Image, FieldTruth]:
        """Look at one place.

        Parameters
        ----------
        position
            (row, column) on the slide of the frame's top left pixel.
        focus_blur_px
            Standard deviation of the defocus in pixels.
        motion
            (rows, columns) in pixels by which the stage moves during the exposure.
        exposure
            Number of the exposure at this place; each has noise of its own.

        Returns
        -------
        (h, w, 3) uint8 RGB, and what is in it
        """
        image = self.image(position, focus_blur_px, motion, exposure)
        return image, self.truth(position)

    def image(
        self,
        position: tuple[int, int],
        focus_blur_px: float = 0.0,
        motion: tuple[int, int] = (0, 0),
        exposure: int = 0,
    ) -> Image:
        """Look at one place without asking what is there; parameters as of :meth:`render`."""
        canvas = self._camera.empty()
        for tile in self._tiles(position):
            for sprite, row, column in self._sprites(tile):
                _shade(canvas, sprite, row - position[0], column - position[1])
        return self._camera.expose(canvas, (*position, exposure), focus_blur_px, motion)

    def truth(self, position: tuple[int, int]) -> FieldTruth:
        """Tell what a frame at ``position`` shows, without painting it."""
        tiles = list(self._tiles(position))
        cells = tuple(cell for tile in tiles for cell in self._cells(tile, position))
        others = np.concatenate([tile.others for tile in tiles])
        away = others[:, :2] - np.array(position)
        seen = others[((away >= 0) & (away < np.array(self.size))).all(1), 2]
        platelets, white_cells, deposits = (
            int(np.count_nonzero(seen == kind)) for kind in (PLATELET, WHITE_CELL, DEPOSIT)
        )
        return FieldTruth(position, self.size, cells, platelets, white_cells, deposits)

    def _tiles(self, position: tuple[int, int]) -> Iterator[Tile]:
        side, reach = self._layout.tile_px, REACH_DIAMETERS * self.options.diameter
        first = [int((start - reach) // side) for start in position]
        ends = zip(position, self.size, strict=True)
        last = [int((start + length + reach) // side) for start, length in ends]
        for row in range(first[0], last[0] + 1):
            for column in range(first[1], last[1] + 1):
                yield self._layout.tile(row, column)

    def _sprites(self, tile: Tile) -> Iterator[tuple[Sprite, int, int]]:
        kinds = zip(tile.shapes.tolist(), tile.stages.tolist(), strict=True)
        for (row, column), (shape, stage) in zip(tile.centres.tolist(), kinds, strict=True):
            yield self._bank.cell(shape, stage), row, column
        for row, column, kind, variant in tile.others.tolist():
            yield self._bank.other(kind, variant), row, column

    def _cells(self, tile: Tile, position: tuple[int, int]) -> Iterator[CellTruth]:
        for index, (row, column) in enumerate(tile.centres.tolist()):
            outline = self._bank.outlines[int(tile.shapes[index])]
            centre = (row - position[0], column - position[1])
            top, left, bottom, right = outline.extent
            box = (centre[0] + top, centre[1] + left, centre[0] + bottom, centre[1] + right)
            clipped = _clipped(box, self.size)
            if clipped[0] < clipped[2] and clipped[1] < clipped[3]:
                yield CellTruth(
                    id=f"{tile.name}:{index}",
                    slide_centre=(row, column),
                    centre=centre,
                    radius_px=outline.radius,
                    box=clipped,
                    stage=STAGES[int(tile.stages[index])],
                    cut=clipped != box,
                    overlapping=bool(tile.overlapping[index]),
                )


def _clipped(box: tuple[int, int, int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
    top, left, bottom, right = box
    return max(top, 0), max(left, 0), min(bottom, size[0]), min(right, size[1])


def _shade(canvas: NDArray[np.uint8], sprite: Sprite, row: int, column: int) -> None:
    """Multiply the light on the canvas by a sprite, in place; what hangs over is left off."""
    top, left = row - sprite.half, column - sprite.half
    side = len(sprite.light)
    under = canvas[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)]
    if under.size:
        start_row, start_column = max(-top, 0), max(-left, 0)
        over = sprite.light[
            start_row : start_row + under.shape[0], start_column : start_column + under.shape[1]
        ]
        cv2.multiply(under, over, dst=under, scale=1 / UNITY)
