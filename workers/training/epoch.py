"""One pass over the examples: learn from each batch, then look at the validation examples."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from config import SmearwatchError
from workers.anomaly import Inputs
from workers.training.augment import varied, with_lesions, with_noise
from workers.training.curves import Epoch
from workers.training.examples import Examples, Prepare
from workers.training.fit_settings import FitSettings
from workers.training.objective import loss_of
from workers.training.progress import Progress

VALIDATION_BATCH = 512


class LossError(SmearwatchError):
    """The loss is not finite."""


def run_epoch(
    progress: Progress,
    training: Examples,
    validation: Examples,
    prepare: Prepare,
    settings: FitSettings,
) -> Epoch:
    """Learn from all training examples once.

    Parameters
    ----------
    progress
        What learns; changed in place.
    training, validation, prepare, settings
        See :func:`workers.training.fit.fit`.

    Raises
    ------
    LossError
        The loss is not finite.
    """
    order = _order(training, settings, progress.generator)
    steps = [
        _step(progress, part, prepare, settings)
        for part in training.batches(order, settings.batch_size)
    ]
    progress.schedule.step()
    validated = _validate(progress.network, validation, prepare, settings)
    return Epoch(float(np.mean(steps)), validated)


def _order(
    training: Examples, settings: FitSettings, generator: torch.Generator
) -> NDArray[np.int64]:
    if not settings.sampler:
        return torch.randperm(len(training), generator=generator).numpy()
    shares = np.bincount(training.anomalous, minlength=2)
    weights = torch.from_numpy(1 / np.maximum(shares, 1)[training.anomalous.astype(int)])
    return torch.multinomial(weights, len(training), True, generator=generator).numpy()


def _step(progress: Progress, part: Examples, prepare: Prepare, settings: FitSettings) -> float:
    progress.network.train()
    inputs = prepare(part.crops)
    clean = varied(inputs, progress.generator) if settings.vary else inputs
    loss = _loss(progress.network, clean, part, settings, progress.generator)
    progress.optimiser.zero_grad()
    torch.autograd.backward(loss)
    progress.optimiser.step()
    return _finite(loss)


def _validate(
    network: nn.Module, validation: Examples, prepare: Prepare, settings: FitSettings
) -> float:
    """Loss on lesions that are the same at every call, so that passes can be compared."""
    network.eval()
    generator = torch.Generator().manual_seed(1)
    everything = np.arange(len(validation))
    with torch.inference_mode():
        losses = [
            _finite(_loss(network, prepare(part.crops), part, settings, generator))
            for part in validation.batches(everything, VALIDATION_BATCH)
        ]
    return float(np.mean(losses))


def _loss(
    network: nn.Module,
    clean: Inputs,
    part: Examples,
    settings: FitSettings,
    generator: torch.Generator,
) -> Tensor:
    spoilt = _spoilt(clean, settings, generator)
    return loss_of(
        network(spoilt.contiguous(memory_format=torch.channels_last)),
        clean,
        torch.from_numpy(part.anomalous),
        settings.loss,
        settings.value_range,
        torch.tensor(settings.class_weights),
    )


def _spoilt(clean: Inputs, settings: FitSettings, generator: torch.Generator) -> Tensor:
    pixels = with_lesions(clean, generator) if settings.lesions else clean.pixels
    if not settings.noise:
        return pixels
    return with_noise(Inputs(pixels, clean.mask), settings.noise, generator)


def _finite(loss: Tensor) -> float:
    value = float(loss.detach())
    if not np.isfinite(value):
        raise LossError(f"training: the loss is {value}; lower the learning rate or check the data")
    return value
