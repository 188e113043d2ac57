"""Which cells of a field are new on the slide map, and where they lie on it."""

import numpy as np
from numpy.typing import NDArray

from monitor.gate.gate import FieldGate
from monitor.gate.part import Things
from monitor.gate.pose import Pose
from segmenter import Segmentation

BORDER = "border"


def sieve(
    gate: FieldGate, number: int, segmentation: Segmentation
) -> tuple[NDArray[np.bool_], dict[str, int]]:
    """Settle a field with the gate.

    Parameters
    ----------
    gate
        Knows the map.
    number
        Of the frame.
    segmentation
        Of the frame, good.

    Returns
    -------
    (n,) bool and dict
        Which of its n cells are new, and how many new things of each kind were set apart. Cells
        that the border rule leaves to the neighbouring field are of that one.
    """
    cells, apart = segmentation.cells, segmentation.apart
    whole = apart.kinds != BORDER
    boxes = np.concatenate([cells.boxes, apart.boxes[whole]])
    # A field without cells tells no diameter; nothing on it is told apart by one.
    measured = float(np.median(cells.diameters)) if len(cells) else 0.0
    diameter_px = segmentation.diameter_px or measured
    new = gate.settle(number, Things(boxes[:, 2:].astype(np.float64), diameter_px))
    kinds, counts = np.unique(apart.kinds[whole][new[len(cells) :]], return_counts=True)
    found = zip(kinds.tolist(), counts.tolist(), strict=True)
    return new[: len(cells)], {str(kind): int(count) for kind, count in found}


def middles(pose: Pose, boxes: NDArray[np.int32]) -> NDArray[np.float64]:
    """Give where the middles of boxes, (n, 4), lie on the map: (n, 2), (row, column)."""
    return pose.to_slide((boxes[:, :2] + boxes[:, 2:]) / 2)
