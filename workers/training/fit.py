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
from workers.training.epoch import VALIDATION_BATCH, run_epoch
from workers.training.examples import Examples
from workers.training.fit_settings import FitSettings
from workers.training.order import steps_in
from workers.training.progress import Progress
from workers.training.task import Task

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
    # Dropout draws from torch's own source of chance, which belongs to others as well.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        return _fit(network, training, validation, task, settings, saved)


def _fit(
    network: nn.Module,
    training: Examples,
    validation: Examples,
    task: Task,
    settings: FitSettings,
    saved: Path | None,
) -> list[Epoch]:
    progress = _start(network, training, task, settings)
    described = _described(network, training, validation, task, settings)
    if saved is not None and saved.exists():
        progress.restore(saved, described)
    while not _is_done(progress.epochs, settings):
        _run_epoch(progress, training, validation, task, settings)
        if saved is not None:
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


def _described(
    network: nn.Module,
    training: Examples,
    validation: Examples,
    task: Task,
    settings: FitSettings,
) -> str:
    digest = hashlib.sha256()
    for examples in (training, validation):
        digest.update(np.ascontiguousarray(examples.crops).data)
        digest.update(np.ascontiguousarray(examples.anomalous).data)
    how = msgspec.json.encode(settings).decode()
    return f"{getattr(network, 'config', network)} {task} {how} examples {digest.hexdigest()[:12]}"


def _start(network: nn.Module, training: Examples, task: Task, settings: FitSettings) -> Progress:
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if isinstance(network, Svdd):
        network.place_centre(_healthy_embeddings(network, training, task))
    learning = [values for values in network.parameters() if values.requires_grad]
    optimiser = torch.optim.AdamW(
        learning, settings.learning_rate, weight_decay=settings.weight_decay
    )
    return Progress(
        network,
        optimiser,
        torch.optim.lr_scheduler.OneCycleLR(
            optimiser,
            settings.learning_rate,
            settings.epochs * steps_in(training, settings),
            pct_start=RISING,
            cycle_momentum=False,
        ),
        torch.Generator().manual_seed(settings.seed),
        deepcopy(network.state_dict()),
        [],
    )


def _healthy_embeddings(network: Svdd, training: Examples, task: Task) -> Tensor:
    healthy = np.flatnonzero(~training.anomalous)
    network.eval()
    with torch.no_grad():
        parts = [
            network(task.plain(part.crops).pixels).embedding
            for part in training.batches(healthy, VALIDATION_BATCH)
        ]
    return torch.cat(parts)


def _is_done(epochs: list[Epoch], settings: FitSettings) -> bool:
    waited = len(epochs) - 1 - _best(epochs) if epochs else 0
    return len(epochs) >= settings.epochs or waited >= settings.patience


def _best(epochs: list[Epoch]) -> int:
    return min(range(len(epochs)), key=lambda number: epochs[number].validation)


def _run_epoch(
    progress: Progress,
    training: Examples,
    validation: Examples,
    task: Task,
    settings: FitSettings,
) -> None:
    started = time.monotonic()
    progress.epochs.append(run_epoch(progress, training, validation, task, settings))
    _tell(progress.epochs, settings.epochs, time.monotonic() - started)
    if _best(progress.epochs) == len(progress.epochs) - 1:
        progress.best = deepcopy(progress.network.state_dict())


def _tell(epochs: list[Epoch], most: int, seconds: float) -> None:
    left_s = seconds * (most - len(epochs))
    logger.info(
        "epoch %d of %d: loss %.5f, validation %.5f, at most %.0f s left",
        *(len(epochs), most, *epochs[-1], left_s),
    )
