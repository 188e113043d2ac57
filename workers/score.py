"""Crops in, scores out: a loaded artefact on a device."""

import logging
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from config import SmearwatchError
from workers.artefact import Artefact
from workers.detector import Detector
from workers.device import resolve_device
from workers.load_detector import load_detector

logger = logging.getLogger(__name__)

CPU_SLICE = 32
"""Crops a CPU thread scores at once; small enough for the cache (measured)."""


class CropError(SmearwatchError):
    """Crops do not have the shape or type that the model takes."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model says of some cells, in the order of their crops.

    Attributes
    ----------
    scores
        (n,) float32, higher is worse; NaN: the cell could not be scored.
    embeddings
        (n, 64) float16; row of NaN where the cell could not be scored.
    boxes
        (n, 4) uint8, the worst region: (top, left, bottom, right), half-open, in pixels of the
        crop; row of zeros where the cell could not be scored.
    """

    scores: NDArray[np.float32]
    embeddings: NDArray[np.float16]
    boxes: NDArray[np.uint8]


class Scorer:
    """Scores crops. A cell's score has the same bits in whatever batch it comes.

    Crops always go through the network in slices of one fixed size, the last one padded, and
    on a CPU each slice is computed by one thread: neither the neighbours, nor the chunking,
    nor the number of threads can change how a sum is rounded.

    Attributes
    ----------
    device
        Where it computes.
    detector
        The model, there.
    """

    def __init__(
        self, detector: Detector, device: torch.device, threads: int, slice_size: int
    ) -> None:
        self.device = device
        # The overload with a memory format is missing from torch's stubs.
        self.detector = detector.to(device, memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
        self._threads = threads
        self._slice_size = slice_size

    @classmethod
    def load(cls, artefact: Artefact, device: str, threads: int | None, batch_size: int) -> Self:
        """Put an artefact's model on a device.

        Parameters
        ----------
        artefact
            From :func:`workers.artefact.load_card`.
        device
            ``auto`` (CUDA where there is one), ``cpu``, ``cuda`` or ``cuda:N``.
        threads
            CPU threads; None: all cores. Without meaning on CUDA.
        batch_size
            Crops scored at once on CUDA. On a CPU slices are smaller, for the cache.

        Raises
        ------
        DeviceError
            The device is unknown or not there.
        ArtefactError
            The weights do not fit the architecture, or the card does not fit either.
        """
        chosen = resolve_device(device)
        size = batch_size if chosen.type == "cuda" else CPU_SLICE
        scorer = cls(load_detector(artefact), chosen, threads or _cores(), size)
        logger.info("model %s on %s", artefact.model_id, chosen)
        return scorer

    def score(self, crops: NDArray[np.uint8]) -> Scores:
        """Score crops, as many as there are.

        Parameters
        ----------
        crops
            (n, 64, 64, 3) uint8, RGB.

        Raises
        ------
        CropError
            The crops have another shape or type.
        """
        _check(crops)
        starts = range(0, len(crops), self._slice_size)
        slices = [crops[start : start + self._slice_size] for start in starts]
        if self.device.type == "cuda" or self._threads == 1 or len(slices) <= 1:
            with _one_torch_thread():
                return _join([self._score_slice(part) for part in slices])
        with _one_torch_thread(), _pool(min(self._threads, len(slices))) as pool:
            return _join(list(pool.map(self._score_slice, slices)))

    def _score_slice(self, crops: NDArray[np.uint8]) -> Scores:
        padded = np.zeros((self._slice_size, *crops.shape[1:]), np.uint8)
        padded[: len(crops)] = crops
        with torch.inference_mode():
            found = self.detector(torch.from_numpy(padded).to(self.device))
        scores, embeddings, boxes = (_rows(values, len(crops)) for values in found)
        usable = np.isfinite(scores) & np.isfinite(embeddings).all(1)
        return Scores(
            np.where(usable, scores, np.nan).astype(np.float32),
            np.where(usable[:, None], embeddings, np.nan).astype(np.float16),
            np.where(usable[:, None], boxes, np.uint8(0)),
        )


def _check(crops: NDArray[np.uint8]) -> None:
    if crops.dtype != np.uint8 or crops.shape[1:] != (64, 64, 3):
        raise CropError(
            f"crops: {crops.dtype} {crops.shape} given; the model takes uint8 (n, 64, 64, 3)"
        )


@contextmanager
def _one_torch_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, "scorer", torch.set_num_threads, (1,))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _rows(values: Tensor, count: int) -> NDArray[Any]:
    return np.asarray(values[:count].cpu().numpy())


def _join(parts: list[Scores]) -> Scores:
    if not parts:
        return Scores(
            np.empty(0, np.float32), np.empty((0, 64), np.float16), np.empty((0, 4), np.uint8)
        )
    return Scores(
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.embeddings for part in parts]),
        np.concatenate([part.boxes for part in parts]),
    )
