"""Which cells the border rule counts, by the truth of the virtual microscope."""

from collections.abc import Iterator

import numpy as np

from monitor.sources.simulated import CellTruth, FieldTruth, MicroscopeOptions, VirtualSmear
from monitor.sources.simulated.motion import poses
from segmenter.kinds import SMALLEST_AREA

REST = (0, 0)
POINTS = 512


def counted_ids(truth: FieldTruth, usual_area: float) -> Iterator[str]:
    """Give the cells of a field that the border rule counts.

    Parameters
    ----------
    truth
        What the field shows.
    usual_area
        Of a cell, in square pixels.
    """
    height, width = truth.size
    for cell in truth.cells:
        ends = cell.box[2] < height and cell.box[3] < width
        if ends and (not cell.cut or _shown_area(cell) >= SMALLEST_AREA * usual_area):
            yield cell.id


def usual_area(options: MicroscopeOptions) -> float:
    """Give the area of a cell of mean diameter, in square pixels."""
    return float(np.pi / 4 * options.diameter**2)


def shown(options: MicroscopeOptions, cells: int) -> tuple[int, int]:
    """Follow the stage until the views in which it rested have shown so many cells.

    Parameters
    ----------
    options
        Of a moving stage.
    cells
        How many are wanted, each counted once.

    Returns
    -------
    tuple of int
        How many cells these views show, and how many frames that takes.
    """
    smear, usual = VirtualSmear(options.seed, options), usual_area(options)
    seen: set[str] = set()
    frames, last = 0, None
    for pose in poses(options):
        if pose.position != last and pose.motion == REST:
            if len(seen) >= cells:
                break
            seen.update(counted_ids(smear.truth(pose.position), usual))
            last = pose.position
        frames += 1
    return len(seen), frames


def _shown_area(cell: CellTruth) -> float:
    """Give the area of a cell, taken as a disc, beyond the top and left border."""
    numbers = np.arange(POINTS) + 0.5
    radii, angles = np.sqrt(numbers / POINTS), numbers * np.pi * (3 - np.sqrt(5))
    points = radii * np.stack([np.sin(angles), np.cos(angles)])
    seen = (points >= -np.array(cell.centre)[:, None] / cell.radius_px).all(axis=0)
    return float(seen.mean() * np.pi * cell.radius_px**2)
