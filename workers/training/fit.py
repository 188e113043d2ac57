"""Fits any network: the same loop for all families."""

import hashlib
import logging
import time
from copy import deepcopy
from pathlib import Path

import msgspec
import numpy as np
import torch
from torch import Tensor, nn

from config import SmearwatchError
from workers.models import learns_from
from workers.models.svdd import Svdd
from workers.training.curves import Epoch
from workers.training.epoch import VALIDATION_BATCH, Pass, run_epoch
from workers.training.examples import Examples
from workers.training.fit_settings import FitSettings
from workers.training.machine import CPU, Machine
from workers.training.order import steps_in
from workers.training.progress import Progress
from workers.training.task import Task
from workers.training.watch import Watch, unwatched

RISING = 0.15
"""Share of the steps in which the learning rate rises."""

logger = logging.getLogger(__name__)


class FitError(SmearwatchError):
    """There are no examples that a network can be fitted to."""


def fit(
    network: nn.Module,
    training: Examples,
    validation: Examples,
    task: Task,
    settings: FitSettings,
    saved: Path | None = None,
    machine: Machine = CPU,
    watch: Watch = unwatched,
) -> list[Epoch]:
    """Fit ``network`` in place; the weights of the best epoch stay.

    Parameters
    ----------
    network
        Gives :class:`workers.models.Output`.
    training, validation
        What it learns from, and what stops it early.
    task
        What to do with the examples.
    settings
        What to learn, for how long and how fast.
    saved
        File that is written after each epoch; where it exists, training goes on from it and
        ends with the same weights as if it had never stopped. None: nothing is saved.
    machine
        What it learns on, alone or with others.
    watch
        Who is told of each step.

    Returns
    -------
    Losses of each epoch.

    Raises
    ------
    FitError
        There are no examples, or not of the kinds that the network learns from.
    LossError
        The loss is not finite.
    ProgressError
        ``saved`` is broken or of another training.
    """
    _refuse_examples(network, training, validation)
    needed = Pass(training, validation, task, settings, machine, watch)
    # Dropout draws from torch's own source of chance, which belongs to others as well.
    with torch.random.fork_rng(devices=[]):
        return _fit(network, needed, saved)


def _fit(network: nn.Module, needed: Pass, saved: Path | None) -> list[Epoch]:
    progress = _start(network, needed)
    described = _described(network, needed)
    if saved is not None and saved.exists():
        progress.restore(saved, described)
    joined = needed.machine.joined(network)
    while not _is_done(progress.epochs, needed.settings):
        _run_epoch(progress, joined, needed)
        if saved is not None and needed.machine.leads:
            progress.save(saved, described)
    network.load_state_dict(progress.best)
    return progress.epochs


def _refuse_examples(network: nn.Module, training: Examples, validation: Examples) -> None:
    for name, examples in (("training", training), ("validation", validation)):
        if not len(examples):
            raise FitError(f"{name}: no examples; give more data")
    kind, anomalous = learns_from(network), int(training.anomalous.sum())
    if kind == "healthy" and anomalous:
        raise FitError(
            f"training: {anomalous} of {len(training)} examples are anomalous, but this network "
            "learns from healthy ones alone; leave them out or choose deep-sad"
        )
    if kind == "labels" and anomalous in (0, len(training)):
        missing = "healthy" if anomalous else "anomalous"
        raise FitError(f"training: no {missing} examples; a supervised network needs both kinds")


def _described(network: nn.Module, needed: Pass) -> str:
    digest = hashlib.sha256()
    for examples in (needed.training, needed.validation):
        digest.update(np.ascontiguousarray(examples.crops).data)
        digest.update(np.ascontiguousarray(examples.anomalous).data)
    how = msgspec.json.encode(needed.settings).decode()
    what = f"{getattr(network, 'config', network)} {needed.task} {how}"
    return f"{what} {needed.machine.ranks} processes, examples {digest.hexdigest()[:12]}"


def _start(network: nn.Module, needed: Pass) -> Progress:
    settings = needed.settings
    # The overload with a memory format is missing from torch's stubs.
    network.to(needed.machine.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    if isinstance(network, Svdd):
        network.place_centre(_healthy_embeddings(network, needed))
    learning = [values for values in network.parameters() if values.requires_grad]
    optimiser = torch.optim.AdamW(
        learning, settings.learning_rate, weight_decay=settings.weight_decay
    )
    steps = steps_in(needed.training, settings, needed.machine)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        settings.learning_rate,
        settings.epochs * steps,
        pct_start=RISING,
        cycle_momentum=False,
    )
    return Progress(network, optimiser, schedule, deepcopy(network.state_dict()), [])


def _healthy_embeddings(network: Svdd, needed: Pass) -> Tensor:
    training = needed.training
    healthy = np.flatnonzero(~training.anomalous)
    network.eval()
    with torch.no_grad():
        parts = [
            network(needed.task.plain(part.crops).pixels.to(needed.machine.device)).embedding
            for part in training.batches(healthy, VALIDATION_BATCH)
        ]
    return torch.cat(parts)


def _is_done(epochs: list[Epoch], settings: FitSettings) -> bool:
    waited = len(epochs) - 1 - _best(epochs) if epochs else 0
    return len(epochs) >= settings.epochs or waited >= settings.patience


def _best(epochs: list[Epoch]) -> int:
    return min(range(len(epochs)), key=lambda number: epochs[number].validation)


def _run_epoch(progress: Progress, joined: nn.Module, needed: Pass) -> None:
    started = time.monotonic()
    progress.epochs.append(run_epoch(progress, joined, needed))
    if needed.machine.leads:
        _tell(progress.epochs, needed.settings.epochs, time.monotonic() - started)
    if _best(progress.epochs) == len(progress.epochs) - 1:
        progress.best = deepcopy(progress.network.state_dict())


def _tell(epochs: list[Epoch], most: int, seconds: float) -> None:
    left_s = seconds * (most - len(epochs))
    logger.info(
        "epoch %d of %d: loss %.5f, validation %.5f, at most %.0f s left",
        *(len(epochs), most, *epochs[-1], left_s),
    )
