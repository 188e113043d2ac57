"""The classic check on handwritten digits: "1" is healthy, every other digit an anomaly.

The networks, the loop and the scores are those of cells, so that a figure below the published
ones points at a mistake in them. What is set here (filters, epochs, noise, score) was chosen
on training digits alone, see ``docs/models.md``; the test digits are only measured.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from workers.evidence import score_of
from workers.inputs import Inputs
from workers.models import build
from workers.score_settings import ScoreSettings
from workers.training.digit_models import MODELS, Model, Shares
from workers.training.examples import Examples
from workers.training.fit import fit
from workers.training.fit_settings import FitSettings
from workers.training.read_digits import SIZE, Digits
from workers.training.task import Batch, with_noise

HIGHEST = 255
SIGMAS = 3.0
BATCH = 512
POWER = -0.35
"""The score is ``-error ** POWER``: in the same order as the error, but without its long tail,
which would pull mean + 3 sigma up and still leave more than one normal digit in a hundred above."""

Values = NDArray[np.float64]


class DigitFigures(msgspec.Struct, frozen=True):
    """How one model does on the test digits.

    Attributes
    ----------
    model
        Name in :data:`MODELS`.
    normal_right, anomalous_right
        Share of ones below the threshold and of others at or above it, mean over seeds.
    by_seed
        Both shares for each seed.
    by_plain_error
        Both shares, mean over seeds, with mean + 3 sigma of the error itself.
    reference
        Both shares of the reference, or None.
    reached
        Both means are at or above the reference; None: there is no reference.
    """

    model: str
    normal_right: float
    anomalous_right: float
    by_seed: tuple[Shares, ...]
    by_plain_error: Shares
    reference: Shares | None
    reached: bool | None


class DigitBenchmark(msgspec.Struct, frozen=True):
    """All models on the digits.

    Attributes
    ----------
    training_ones, test_ones, test_others
        How many digits each part has.
    seeds
        With which each model was trained.
    models
        Figures of each.
    seconds
        How long all took.
    """

    training_ones: int
    test_ones: int
    test_others: int
    seeds: tuple[int, ...]
    models: tuple[DigitFigures, ...]
    seconds: float


def benchmark_digits(
    digits: Digits, models: Sequence[str] = tuple(MODELS), seeds: Sequence[int] = (0, 1, 2)
) -> DigitBenchmark:
    """Train each model with each seed on the training ones, and measure it on the test digits.

    Parameters
    ----------
    digits
        From :func:`workers.training.read_digits.read_digits`.
    models
        Names in :data:`MODELS`.
    seeds
        At least one.
    """
    started = time.monotonic()
    with _one_torch_thread():
        figures = tuple(_measure(name, digits, seeds) for name in models)
    return DigitBenchmark(
        len(digits.training_ones),
        len(digits.test_ones),
        len(digits.test_others),
        tuple(seeds),
        figures,
        round(time.monotonic() - started, 1),
    )


@contextmanager
def _one_torch_thread() -> Iterator[None]:
    """Several threads round sums differently, and gain nothing on networks this small."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _measure(name: str, digits: Digits, seeds: Sequence[int]) -> DigitFigures:
    model = MODELS[name]
    trained = [_shares_right(model, digits, seed) for seed in seeds]
    (normal, anomalous), plain = np.mean(trained, axis=0).tolist()
    reference = model.reference
    reached = reference and (normal >= reference[0] and anomalous >= reference[1])
    by_seed = tuple(shares for shares, _ in trained)
    return DigitFigures(name, normal, anomalous, by_seed, tuple(plain), reference, reached)


def _shares_right(model: Model, digits: Digits, seed: int) -> tuple[Shares, Shares]:
    """Give the shares by the score, and by the error itself."""
    network = train_on_digits(model, digits.training_ones, seed)
    parts = (digits.training_ones, digits.test_ones, digits.test_others)
    errors = [errors_of(network, model.score, part) for part in parts]
    return _told_right(*(-(part**POWER) for part in errors)), _told_right(*errors)


def _told_right(training: Values, normal: Values, anomalous: Values) -> Shares:
    threshold = threshold_of(training)
    return float((normal < threshold).mean()), float((anomalous >= threshold).mean())


def threshold_of(scores: Values) -> float:
    """Give mean + 3 sigma of the training scores, (n,)."""
    return float(scores.mean() + SIGMAS * scores.std())


def train_on_digits(model: Model, ones: NDArray[np.uint8], seed: int) -> nn.Module:
    """Train a model on all of (n, 28, 28, 1) uint8, for all its epochs."""
    torch.manual_seed(seed)
    network = build(model.architecture, size=SIZE, channels=1, filters=model.filters)
    how = FitSettings(
        epochs=model.epochs,
        patience=model.epochs,
        learning_rate=model.learning_rate,
        seed=seed,
    )
    watched = Examples.healthy(ones[:BATCH])
    fit(network, Examples.healthy(ones), watched, DigitTask(model.noise), how)
    return network


@dataclass(frozen=True, slots=True)
class DigitTask:
    """Digits as they are, with noise to take away.

    Attributes
    ----------
    noise
        Standard deviation, of values in [0, 1].
    """

    noise: float

    def plain(self, crops: NDArray[np.uint8]) -> Inputs:
        """Prepare (n, 28, 28, 1) uint8 as when they are scored."""
        return digit_inputs(crops)

    def batch(
        self,
        crops: NDArray[np.uint8],
        anomalous: NDArray[np.bool_],  # noqa: ARG002 - there are none
        generator: torch.Generator,
        vary: bool,  # noqa: ARG002 - digits are not varied
    ) -> Batch:
        """Make a batch of (n, 28, 28, 1) uint8, see :class:`workers.training.task.Task`."""
        clean = digit_inputs(crops)
        if not self.noise:
            return Batch(clean.pixels, clean, None)
        return Batch(with_noise(clean.pixels, clean.mask, self.noise, generator), clean, None)


def digit_inputs(crops: NDArray[np.uint8]) -> Inputs:
    """Scale (n, 28, 28, 1) uint8 to [0, 1]; all of a digit's picture counts."""
    pixels = torch.from_numpy(crops).permute(0, 3, 1, 2) / HIGHEST
    return Inputs(pixels, torch.ones_like(pixels))


def errors_of(network: nn.Module, score: ScoreSettings, crops: NDArray[np.uint8]) -> Values:
    """Give one error for each of (n, 28, 28, 1) uint8, (n,), > 0."""
    network.eval()
    parts = []
    with torch.inference_mode():
        for start in range(0, len(crops), BATCH):
            inputs = digit_inputs(crops[start : start + BATCH])
            parts.append(score_of(network(inputs.pixels), inputs, score).numpy())
    return np.concatenate(parts).astype(np.float64)
