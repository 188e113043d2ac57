"""Shows what a score is made of: the cell rebuilt, its errors, the box around the worst ones.

On demand, from stored crops; scores and boxes are those of :class:`workers.score.Scorer`, so a
cell has the same bits here as when it was counted.
"""

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workers.evidence import evidence_of
from workers.inputs import normalise, restore
from workers.score import Scorer

AT_ONCE = 32

_Kind = TypeVar("_Kind", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Explanations:
    """What the model sees in n cells.

    Attributes
    ----------
    reconstructions
        (n, 64, 64, 3) uint8, RGB: the cells as the model rebuilds them, 255 outside. None: the
        network rebuilds nothing (hyperspheres and supervised networks).
    error_maps
        (n, 64, 64) float32 in [0, 1], what the score is made of, smoothed as for the score; 0
        outside the eroded mask. Of a network that learned its own map it is the probability of
        an anomaly; else the error as a share of the largest one of the same cell, so that two
        cells compare by place and not by height. None: the score is of the cell as a whole.
    boxes
        (n, 4) uint8, the worst region: (top, left, bottom, right), half-open, in pixels of the
        crop; zeros where there is no score.
    scores
        (n,) float32, higher is worse; NaN: no score.
    """

    reconstructions: NDArray[np.uint8] | None
    error_maps: NDArray[np.float32] | None
    boxes: NDArray[np.uint8]
    scores: NDArray[np.float32]


def explain(scorer: Scorer, crops: NDArray[np.uint8]) -> Explanations:
    """Explain the scores of cells.

    Parameters
    ----------
    scorer
        The model on its device.
    crops
        (n, 64, 64, 3) uint8, RGB.

    Raises
    ------
    CropError
        The crops have another shape or type.
    """
    found = scorer.score(crops)
    # Of no cells too one slice, which tells what this network gives.
    starts = range(0, max(1, len(crops)), AT_ONCE)
    with torch.inference_mode():
        views = [_view(scorer, crops[start : start + AT_ONCE]) for start in starts]
    return Explanations(
        _joined([view.reconstructions for view in views]),
        _joined([view.error_maps for view in views]),
        found.boxes,
        found.scores,
    )


class _View(NamedTuple):
    """Reconstructions and error maps of some cells."""

    reconstructions: NDArray[np.uint8] | None
    error_maps: NDArray[np.float32] | None


def _view(scorer: Scorer, part: NDArray[np.uint8]) -> _View:
    detector, count = scorer.detector, len(part)
    padded = np.zeros((AT_ONCE, *part.shape[1:]), np.uint8)
    padded[:count] = part
    crops = torch.from_numpy(padded).to(scorer.device)
    how = (detector.outside_value, detector.normalisation)
    inputs = normalise(crops, *how)
    output = detector.network(inputs.pixels)
    _, local, learned = evidence_of(output, inputs, detector.settings, detector.healthy)
    rebuilt = output.reconstruction
    return _View(
        None if rebuilt is None else restore(rebuilt, crops, *how)[:count].cpu().numpy(),
        None if local is None else _shown(local[:, 0], learned)[:count].cpu().numpy(),
    )


def _shown(local: Tensor, learned: bool) -> Tensor:
    """Bring maps, (n, h, w), into [0, 1]; 0 where a pixel does not count or is not finite."""
    if learned:
        return local.sigmoid().nan_to_num(0)
    errors = torch.where(local.isfinite(), local, 0).relu()
    largest = errors.amax((1, 2), keepdim=True)
    return torch.where(largest > 0, errors / largest, 0)


def _joined(parts: list[NDArray[_Kind] | None]) -> NDArray[_Kind] | None:
    given = [part for part in parts if part is not None]
    return np.concatenate(given) if given else None
