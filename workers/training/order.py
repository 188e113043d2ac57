"""In which order, and how often, examples are drawn in a pass."""

import numpy as np
import torch
from numpy.typing import NDArray

from workers.training.examples import Examples
from workers.training.fit_settings import FitSettings
from workers.training.machine import Machine

Weights = NDArray[np.float64]


def order_of(
    training: Examples, settings: FitSettings, generator: torch.Generator
) -> NDArray[np.int64]:
    """Give the numbers of the examples of one pass.

    Parameters
    ----------
    training
        n examples.
    settings
        How many, and how often anomalous ones.
    generator
        Source of chance.

    Returns
    -------
    (m,) int64. Each example once where nothing else is asked for, else drawn with replacement.
    """
    if settings.examples_an_epoch is None and settings.anomalous_share is None:
        return torch.randperm(len(training), generator=generator).numpy()
    count = settings.examples_an_epoch or len(training)
    weights = torch.from_numpy(weights_of(training, settings))
    return torch.multinomial(weights, count, True, generator=generator).numpy()


def steps_in(training: Examples, settings: FitSettings, machine: Machine) -> int:
    """Count the batches of one pass that one of the processes learns from."""
    mine = (settings.examples_an_epoch or len(training)) // machine.ranks
    return -(-mine // settings.batch_size)


def weights_of(training: Examples, settings: FitSettings) -> Weights:
    """Give how likely each example is to be drawn, (n,) float64: each set is drawn as often."""
    weights = 1 / np.bincount(training.sets)[training.sets]
    share = settings.anomalous_share
    if share is None:
        return weights
    for kind, wanted in ((training.anomalous, share), (~training.anomalous, 1 - share)):
        weights[kind] *= wanted / max(weights[kind].sum(), np.finfo(float).tiny)
    return weights
