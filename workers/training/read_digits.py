"""Reads handwritten digits in the format of ``mnist``: one file of arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.training.datasets.cells import UNREADABLE, DataError

HEALTHY = 1
SIZE = 28


@dataclass(frozen=True, slots=True)
class Digits:
    """The three parts, (n, 28, 28, 1) uint8: ink is bright."""

    training_ones: NDArray[np.uint8]
    test_ones: NDArray[np.uint8]
    test_others: NDArray[np.uint8]


def read_digits(folder: Path) -> Digits:
    """Read ``digits.npz`` of ``folder``, in the format of ``mnist``.

    Raises
    ------
    DataError
        The file is missing or broken, has another form, or lacks ones or others.
    """
    path = folder / "digits.npz"
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            training, test = (_pair(arrays, part) for part in ("train", "test"))
    except UNREADABLE as error:
        why = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise DataError(
            f"{path}: cannot be read ({why}); it must hold train_images, "
            "train_labels, test_images and test_labels as uint8 of 28x28"
        ) from error
    one, test_one = training[1] == HEALTHY, test[1] == HEALTHY
    digits = Digits(training[0][one], test[0][test_one], test[0][~test_one])
    if not (len(digits.training_ones) and len(digits.test_ones) and len(digits.test_others)):
        raise DataError(f"{path}: ones to train on, or ones or others to test on, are missing")
    return digits


def _pair(
    arrays: Mapping[str, NDArray[np.uint8]], part: str
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    images, labels = arrays[f"{part}_images"], arrays[f"{part}_labels"]
    if images.dtype != np.uint8 or images.shape != (len(labels), SIZE, SIZE):
        raise ValueError(f"{part}_images are {images.dtype} {images.shape}")
    return images[..., None], labels
