"""One pass over the examples: learn from each batch, then look at the validation examples."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from config import SmearwatchError
from workers.models.output import in_single_precision
from workers.training.chances import DRAWING, ORDER, TORCH, chance_of, seed_of
from workers.training.curves import Epoch
from workers.training.examples import Examples
from workers.training.fit_settings import FitSettings
from workers.training.machine import Machine
from workers.training.objective import loss_of
from workers.training.order import order_of
from workers.training.progress import Progress
from workers.training.task import Batch, Task
from workers.training.watch import Step, Watch

VALIDATION_BATCH = 512


class LossError(SmearwatchError):
    """The loss is not finite."""


@dataclass(frozen=True, slots=True)
class Pass:
    """All that a pass needs beside what learns.

    Attributes
    ----------
    training, validation, task, settings
        See :func:`workers.training.fit.fit`.
    machine
        What it runs on.
    watch
        Who is told of each step.
    """

    training: Examples
    validation: Examples
    task: Task
    settings: FitSettings
    machine: Machine
    watch: Watch


def run_epoch(progress: Progress, network: nn.Module, needed: Pass) -> Epoch:
    """Learn from all training examples once.

    Parameters
    ----------
    progress
        What learns; changed in place.
    network
        The same, joined with those of other processes.
    needed
        Examples, what to do with them, and how.

    Raises
    ------
    LossError
        The loss is not finite.
    """
    settings, machine, number = needed.settings, needed.machine, len(progress.epochs)
    torch.manual_seed(seed_of(settings.seed, number, TORCH, machine.rank))
    chance = chance_of(settings.seed, number, DRAWING, machine.rank)
    order = order_of(needed.training, settings, chance_of(settings.seed, number, ORDER))
    mine = machine.share(order)
    steps = -(-len(mine) // settings.batch_size)
    losses = []
    for part in needed.training.batches(mine, settings.batch_size):
        losses.append(_step(progress, network, part, needed, chance))
        told = Step(number + 1, settings.epochs, len(losses), steps, losses[-1])
        needed.watch(told)
    # One judges for all: with batch normalisation each process has statistics of its own.
    return Epoch(float(np.mean(losses)), machine.agreed(_validate(progress.network, needed)))


def _step(
    progress: Progress, network: nn.Module, part: Examples, needed: Pass, chance: torch.Generator
) -> float:
    network.train()
    batch = needed.task.batch(part.crops, part.anomalous, chance, vary=True)
    loss = _loss(network, batch, part, needed)
    progress.optimiser.zero_grad()
    torch.autograd.backward(loss)
    progress.optimiser.step()
    progress.schedule.step()
    return _finite(loss)


def _validate(network: nn.Module, needed: Pass) -> float:
    """Loss on lesions that are the same at every call, so that passes can be compared."""
    network.eval()
    chance = torch.Generator().manual_seed(1)
    everything = np.arange(len(needed.validation))
    losses = []
    with torch.inference_mode():
        for part in needed.validation.batches(everything, VALIDATION_BATCH):
            batch = needed.task.batch(part.crops, part.anomalous, chance, vary=False)
            losses.append(_finite(_loss(network, batch, part, needed)))
    return float(np.mean(losses))


def _loss(network: nn.Module, batch: Batch, part: Examples, needed: Pass) -> Tensor:
    device, settings = needed.machine.device, needed.settings
    batch = batch.on(device)
    with needed.machine.precision():
        output = network(batch.seen.contiguous(memory_format=torch.channels_last))
    return loss_of(
        in_single_precision(output),
        batch,
        torch.from_numpy(part.anomalous).to(device),
        settings.loss,
        settings.value_range,
        torch.tensor(settings.class_weights, device=device),
    )


def _finite(loss: Tensor) -> float:
    value = float(loss.detach())
    if not np.isfinite(value):
        raise LossError(f"training: the loss is {value}; lower the learning rate or check the data")
    return value
