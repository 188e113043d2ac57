"""From errors to anomaly scores, as one chain of torch operations.

Training and scoring share it, so that a score means the same in both.
"""

import torch
from torch import Tensor
from torch.nn import functional

from workers.score_settings import ScoreSettings


def error_map(pixels: Tensor, rebuilt: Tensor, error: str) -> Tensor:
    """Give the error of each pixel, mean over channels.

    Parameters
    ----------
    pixels, rebuilt
        (n, c, h, w) float32, the input and its reconstruction.
    error
        ``"squared"``, ``"absolute"`` or ``"darker"``, see
        :class:`workers.score_settings.ScoreSettings`.

    Returns
    -------
    (n, 1, h, w) float32, >= 0.
    """
    difference = rebuilt - pixels
    if error == "absolute":
        return difference.abs().mean(1, keepdim=True)
    if error == "darker":
        difference = difference.relu()
    return difference.square().mean(1, keepdim=True)


def local_map(errors: Tensor, mask: Tensor, settings: ScoreSettings) -> Tensor:
    """Smooth errors over the cell alone.

    Parameters
    ----------
    errors, mask
        (n, 1, h, w) float32.
    settings
        Width of the window and of the erosion.

    Returns
    -------
    (n, 1, h, w) float32, minus infinity outside the eroded mask.
    """
    local = smooth(errors * mask, settings.window_px) / smooth(mask, settings.window_px)
    return torch.where(erode(mask, settings.erosion_px) > 0, local, -torch.inf)


def masked_local_maximum(local: Tensor) -> Tensor:
    """Give the largest value of each of :func:`local_map`'s.

    Parameters
    ----------
    local
        (n, 1, h, w) float32.

    Returns
    -------
    (n,) float32; NaN where the eroded mask is empty or the largest error is not finite.
    """
    largest = local.amax((1, 2, 3))
    return torch.where(largest.isfinite(), largest, torch.nan)


def whole_crop(errors: Tensor, mask: Tensor) -> Tensor:
    """Give the mean error inside the mask, (n,) float32; NaN where there is no inside.

    Parameters
    ----------
    errors, mask
        (n, 1, h, w) float32.
    """
    return (errors * mask).sum((1, 2, 3)) / mask.sum((1, 2, 3))


def largest_mean(local: Tensor, top: int) -> Tensor:
    """Give the mean of the ``top`` largest values of each of :func:`local_map`'s.

    Parameters
    ----------
    local
        (n, 1, h, w) float32.
    top
        How many, > 0.

    Returns
    -------
    (n,) float32; NaN where the eroded mask is smaller or one of the errors is not finite.
    """
    largest = local.flatten(1).topk(top).values.mean(1)
    return torch.where(largest.isfinite(), largest, torch.nan)


def smooth(image: Tensor, window_px: int) -> Tensor:
    """Average over a square window; what lies beyond the picture counts as 0.

    Shifted pictures added up: many times faster on a CPU than pooling, for such small windows.
    """
    half = window_px // 2
    padded = functional.pad(image, (half,) * 4)
    height, width = image.shape[2:]
    rows = sum(padded[:, :, start : start + height] for start in range(1, window_px))
    rows = rows + padded[:, :, :height]
    columns = sum(rows[..., start : start + width] for start in range(1, window_px))
    return (columns + rows[..., :width]) / window_px**2


def erode(mask: Tensor, erosion_px: int) -> Tensor:
    """Erode by a square; what lies beyond the picture counts as outside."""
    padded = functional.pad(mask, (erosion_px,) * 4)
    size = 2 * erosion_px + 1
    return _running_minimum(_running_minimum(padded, 2, size), 3, size)


def _running_minimum(image: Tensor, axis: int, size: int) -> Tensor:
    """Give the minimum of each run of ``size``: of two halves that overlap, and so on down."""
    covered = 1
    while covered < size:
        step = min(covered, size - covered)
        length = image.shape[axis] - step
        image = torch.minimum(image.narrow(axis, 0, length), image.narrow(axis, step, length))
        covered += step
    return image
