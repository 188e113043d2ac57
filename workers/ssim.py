"""Structural similarity of pictures.

Wang et al. 2004, Image quality assessment: from error visibility to structural similarity,
IEEE Transactions on Image Processing 13, 600; with its Gaussian window of 11 pixels.
"""

import torch
from torch import Tensor
from torch.nn import functional

SIGMA_PX = 1.5
RADIUS_PX = 5
STABILISERS = (0.01, 0.03)


def ssim_map(first: Tensor, second: Tensor, value_range: float) -> Tensor:
    """Give the similarity around each pixel, a channel at a time.

    Parameters
    ----------
    first, second
        (n, c, h, w) float32, h and w > 5; the border is continued by reflection.
    value_range
        Largest value that pixels can have minus the smallest, > 0.

    Returns
    -------
    (n, c, h, w) float32 in [-1, 1]; 1 where both are the same.
    """
    of_mean, of_spread = ((share * value_range) ** 2 for share in STABILISERS)
    mean_first, mean_second = _windowed(first), _windowed(second)
    spread_first = _windowed(first * first) - mean_first**2
    spread_second = _windowed(second * second) - mean_second**2
    shared = _windowed(first * second) - mean_first * mean_second
    alike = (2 * mean_first * mean_second + of_mean) * (2 * shared + of_spread)
    apart = (mean_first**2 + mean_second**2 + of_mean) * (spread_first + spread_second + of_spread)
    return alike / apart


def _windowed(image: Tensor) -> Tensor:
    """Average with the Gaussian window, rows and then columns."""
    channels = image.shape[1]
    offsets = torch.arange(-RADIUS_PX, RADIUS_PX + 1, device=image.device, dtype=image.dtype)
    window = torch.exp(-((offsets / SIGMA_PX) ** 2) / 2)
    window = (window / window.sum()).expand(channels, 1, 1, -1)
    padded = functional.pad(image, (RADIUS_PX,) * 4, mode="reflect")
    rows = functional.conv2d(padded, window.transpose(2, 3), groups=channels)
    return functional.conv2d(rows, window, groups=channels)
