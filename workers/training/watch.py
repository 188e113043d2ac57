"""What a training tells whoever watches it, step by step."""

from collections.abc import Callable
from typing import NamedTuple


class Step(NamedTuple):
    """Where a training stands.

    Attributes
    ----------
    epoch, epochs
        Which pass, counted from 1, of how many at most.
    step, steps
        Which batch of it, counted from 1, of how many.
    loss
        Of this batch.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float


Watch = Callable[[Step], None]


def unwatched(_: Step) -> None:
    """Watch nothing."""
