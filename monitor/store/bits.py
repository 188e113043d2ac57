"""Sets of frame numbers, kept as Redis bitmaps."""

from collections.abc import Iterator, Set

import numpy as np


class FrameSet(Set[int]):
    """The frame numbers whose bit is set in a Redis bitmap, as it was when read."""

    def __init__(self, bitmap: bytes) -> None:
        self._bits = np.unpackbits(np.frombuffer(bitmap, np.uint8))

    def __contains__(self, number: object) -> bool:
        return (
            isinstance(number, int) and 0 <= number < len(self._bits) and bool(self._bits[number])
        )

    def __iter__(self) -> Iterator[int]:
        return (int(number) for number in np.flatnonzero(self._bits))

    def __len__(self) -> int:
        return int(np.count_nonzero(self._bits))

    def after_last(self) -> int:
        """Give the number after the highest, 0 where there is none."""
        last = np.flatnonzero(self._bits)
        return int(last[-1]) + 1 if len(last) else 0
