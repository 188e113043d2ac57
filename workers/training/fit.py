"""Fits a network to healthy cells."""

import logging
import time
from copy import deepcopy

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from workers.anomaly import Inputs, normalise
from workers.card import Normalisation
from workers.training.augment import varied, with_lesions

logger = logging.getLogger(__name__)


class FitSettings(msgspec.Struct, frozen=True):
    """How long and how fast to learn.

    Attributes
    ----------
    epochs
        Passes over the cells, at most.
    patience
        Passes without a better validation loss before it stops.
    batch_size
        Cells a step.
    learning_rate, weight_decay
        Of AdamW (Loshchilov and Hutter 2019); the rate falls along a cosine.
    seed
        Same seed, same weights, on the same machine.
    """

    epochs: int = 10
    patience: int = 4
    batch_size: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 1e-4
    seed: int = 0


def fit(
    network: nn.Module,
    training: NDArray[np.uint8],
    validation: NDArray[np.uint8],
    how: Normalisation,
    outside_value: int,
    settings: FitSettings,
) -> list[tuple[float, float]]:
    """Fit ``network`` in place to take lesions out of healthy cells; the best weights stay.

    Parameters
    ----------
    network
        Gives (reconstruction, embedding) of (n, 3, h, w).
    training, validation
        (n, h, w, 3) uint8, healthy cells.
    how, outside_value
        From crop to input.
    settings
        How long and how fast.

    Returns
    -------
    list of (training loss, validation loss), one a pass.
    """
    generator = torch.Generator().manual_seed(settings.seed)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(
        network.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
    )
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, settings.epochs)
    losses: list[tuple[float, float]] = []
    best_weights = deepcopy(network.state_dict())
    for epoch in range(settings.epochs):
        started = time.monotonic()
        order = torch.randperm(len(training), generator=generator).numpy()
        steps = [
            _step(network, optimiser, _inputs(part, how, outside_value), generator)
            for part in _batches(training, order, settings.batch_size)
        ]
        falling.step()
        losses.append((float(np.mean(steps)), _loss_on(network, validation, how, outside_value)))
        _tell(epoch, settings.epochs, losses[-1], time.monotonic() - started)
        best_epoch = min(range(len(losses)), key=lambda number: losses[number][1])
        if best_epoch == epoch:
            best_weights = deepcopy(network.state_dict())
        elif epoch - best_epoch >= settings.patience:
            break
    network.load_state_dict(best_weights)
    return losses


def _inputs(crops: NDArray[np.uint8], how: Normalisation, outside_value: int) -> Inputs:
    return normalise(torch.from_numpy(crops), outside_value, how)


def _tell(epoch: int, epochs: int, losses: tuple[float, float], seconds: float) -> None:
    left_s = seconds * (epochs - epoch - 1)
    logger.info(
        "epoch %d of %d: loss %.5f, validation %.5f, at most %.0f s left",
        *(epoch + 1, epochs, *losses, left_s),
    )


def _batches(
    crops: NDArray[np.uint8], order: NDArray[np.int64], size: int
) -> list[NDArray[np.uint8]]:
    return [crops[order[start : start + size]] for start in range(0, len(order), size)]


def _step(
    network: nn.Module, optimiser: torch.optim.Optimizer, inputs: Inputs, generator: torch.Generator
) -> float:
    network.train()
    clean = varied(inputs, generator)
    rebuilt, _ = network(
        with_lesions(clean, generator).contiguous(memory_format=torch.channels_last)
    )
    loss = _masked_loss(rebuilt, clean)
    optimiser.zero_grad()
    torch.autograd.backward(loss)
    optimiser.step()
    return float(loss.detach())


def _loss_on(
    network: nn.Module, crops: NDArray[np.uint8], how: Normalisation, outside_value: int
) -> float:
    """Loss on lesions that are the same at every call, so that passes can be compared."""
    network.eval()
    generator = torch.Generator().manual_seed(1)
    losses = []
    with torch.inference_mode():
        for part in _batches(crops, np.arange(len(crops)), 512):
            inputs = _inputs(part, how, outside_value)
            rebuilt, _ = network(with_lesions(inputs, generator))
            losses.append(float(_masked_loss(rebuilt, inputs)))
    return float(np.mean(losses))


def _masked_loss(rebuilt: Tensor, clean: Inputs) -> Tensor:
    errors = (rebuilt - clean.pixels).square().mean(1, keepdim=True) * clean.mask
    return errors.sum() / clean.mask.sum()
