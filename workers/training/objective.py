"""The loss of any network, from what it gives."""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from workers.anomaly import Inputs, error_map
from workers.models import Output
from workers.ssim import ssim_map
from workers.training.task import Batch

Loss = Literal["mse", "mae", "ssim"]
TINY = 1e-6
WORST_PIXELS = 9
LARGEST_LOG_ODDS = 30.0


def loss_of(
    output: Output,
    batch: Batch,
    anomalous: Tensor,
    loss: Loss,
    value_range: float,
    weights: Tensor,
) -> Tensor:
    """Add up what applies: reconstruction, distance, classification and penalty.

    Parameters
    ----------
    output
        What a network gave for n inputs.
    batch
        What it should have rebuilt, where the cells are, and where lesions were drawn.
    anomalous
        (n,) bool, the labels.
    loss
        Of the reconstruction.
    value_range
        Span of the inputs' values, for SSIM.
    weights
        (2,) float32, of healthy and of anomalous examples in distance and classification.

    Returns
    -------
    () float32.
    """
    terms: list[Tensor] = []
    weight = weights[anomalous.long()]
    if output.reconstruction is not None:
        terms.append(reconstruction_loss(output.reconstruction, batch.clean, loss, value_range))
    if output.distance is not None:
        terms.append((weight * sphere_loss(output.distance, anomalous)).mean())
    if output.logit is not None:
        target = anomalous.to(output.logit.dtype)
        terms.append(functional.binary_cross_entropy_with_logits(output.logit, target, weight))
    if output.anomaly is not None:
        terms.append(marking_loss(output.anomaly, batch, anomalous, weights))
    if output.penalty is not None:
        terms.append(output.penalty.mean())
    return torch.stack(terms).sum() if len(terms) > 1 else terms[0]


def reconstruction_loss(rebuilt: Tensor, clean: Inputs, loss: Loss, value_range: float) -> Tensor:
    """Give the mean error inside the masks, (): squared, absolute, or 1 - SSIM.

    Parameters
    ----------
    rebuilt
        (n, c, h, w) float32.
    clean, loss, value_range
        See :func:`loss_of`.
    """
    if loss == "ssim":
        errors = 1 - ssim_map(clean.pixels, rebuilt, value_range).mean(1, keepdim=True)
    else:
        errors = error_map(clean.pixels, rebuilt, "squared" if loss == "mse" else "absolute")
    return (errors * clean.mask).sum() / clean.mask.sum()


def marking_loss(marked: Tensor, batch: Batch, anomalous: Tensor, weights: Tensor) -> Tensor:
    """Give the cross entropy of the marked pixels, and of the cells known to be anomalous, ().

    Of a labelled anomaly nobody knows the place: the most suspicious pixels of the cell shall
    be marked, whichever they are (multiple-instance learning).

    Parameters
    ----------
    marked
        (n, 1, h, w) float32, log odds.
    batch, anomalous, weights
        See :func:`loss_of`.
    """
    drawn = torch.zeros_like(marked) if batch.lesions is None else batch.lesions
    of_pixels = functional.binary_cross_entropy_with_logits(marked, drawn, reduction="none")
    counted = batch.clean.mask * (~anomalous)[:, None, None, None]
    loss = (of_pixels * counted).sum() / counted.sum().clamp(min=1)
    if not anomalous.any():
        return loss
    inside = torch.where(batch.clean.mask > 0, marked, -torch.inf)[anomalous].flatten(1)
    worst = inside.topk(WORST_PIXELS).values.clamp(min=-LARGEST_LOG_ODDS)
    return loss + weights[1] * functional.softplus(-worst).mean() * anomalous.float().mean()


def sphere_loss(distance: Tensor, anomalous: Tensor) -> Tensor:
    """Give the squared distance of healthy cells, and its inverse of anomalies, (n,) float32.

    Notes
    -----
    Ruff et al. 2020, equation 7.
    """
    return torch.where(anomalous, 1 / (distance + TINY), distance)
