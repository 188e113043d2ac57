"""Knows the same picture again, whatever its file is called."""

import hashlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

DIGEST_BYTES = 12


def digest_of(image: NDArray[np.uint8]) -> str:
    """Give a digest of a picture's size and pixels, as hexadecimal digits."""
    hashed = hashlib.blake2b(np.ascontiguousarray(image).data, digest_size=DIGEST_BYTES)
    hashed.update(repr(image.shape).encode())
    return hashed.hexdigest()


class Duplicates:
    """The pictures of a source of separate fields, by their digests.

    Parameters
    ----------
    known
        Names by digest of those that were counted or rejected before.
    """

    def __init__(self, known: Mapping[str, str]) -> None:
        self._names = dict(known)

    def first_of(self, name: str, digest: str) -> str | None:
        """Give the name under which a picture came before; None where it is new."""
        first = self._names.setdefault(digest, name)
        return None if first == name else first
