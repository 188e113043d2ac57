"""One pass over the examples: learn from each batch, then look at the validation examples."""

import numpy as np
import torch
from torch import Tensor, nn

from config import SmearwatchError
from workers.training.curves import Epoch
from workers.training.examples import Examples
from workers.training.fit_settings import FitSettings
from workers.training.objective import loss_of
from workers.training.order import order_of
from workers.training.progress import Progress
from workers.training.task import Batch, Task

VALIDATION_BATCH = 512


class LossError(SmearwatchError):
    """The loss is not finite."""


def run_epoch(
    progress: Progress,
    training: Examples,
    validation: Examples,
    task: Task,
    settings: FitSettings,
) -> Epoch:
    """Learn from all training examples once.

    Parameters
    ----------
    progress
        What learns; changed in place.
    training, validation, task, settings
        See :func:`workers.training.fit.fit`.

    Raises
    ------
    LossError
        The loss is not finite.
    """
    order = order_of(training, settings, progress.generator)
    steps = [
        _step(progress, part, task, settings)
        for part in training.batches(order, settings.batch_size)
    ]
    validated = _validate(progress.network, validation, task, settings)
    return Epoch(float(np.mean(steps)), validated)


def _step(progress: Progress, part: Examples, task: Task, settings: FitSettings) -> float:
    progress.network.train()
    batch = task.batch(part.crops, part.anomalous, progress.generator, vary=True)
    loss = _loss(progress.network, batch, part, settings)
    progress.optimiser.zero_grad()
    torch.autograd.backward(loss)
    progress.optimiser.step()
    progress.schedule.step()
    return _finite(loss)


def _validate(network: nn.Module, validation: Examples, task: Task, settings: FitSettings) -> float:
    """Loss on lesions that are the same at every call, so that passes can be compared."""
    network.eval()
    generator = torch.Generator().manual_seed(1)
    everything = np.arange(len(validation))
    with torch.inference_mode():
        losses = [
            _finite(_loss(network, _fixed(part, task, generator), part, settings))
            for part in validation.batches(everything, VALIDATION_BATCH)
        ]
    return float(np.mean(losses))


def _fixed(part: Examples, task: Task, generator: torch.Generator) -> Batch:
    return task.batch(part.crops, part.anomalous, generator, vary=False)


def _loss(network: nn.Module, batch: Batch, part: Examples, settings: FitSettings) -> Tensor:
    return loss_of(
        network(batch.seen.contiguous(memory_format=torch.channels_last)),
        batch,
        torch.from_numpy(part.anomalous),
        settings.loss,
        settings.value_range,
        torch.tensor(settings.class_weights),
    )


def _finite(loss: Tensor) -> float:
    value = float(loss.detach())
    if not np.isfinite(value):
        raise LossError(f"training: the loss is {value}; lower the learning rate or check the data")
    return value
