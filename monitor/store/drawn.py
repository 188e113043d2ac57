"""Which cells of a slide are kept by chance: those of the lowest rank, whoever looks and when."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

RANK_BYTES = 6
"""So that a rank is exact as the score of a sorted set, a double."""


def rank_of(slide_id: str, field: int, cell: int) -> int:
    """Give the rank of a cell in the draw of its slide, in [0, 2**48).

    The lowest ranks of a slide are a simple random sample of its cells, in random order: how many
    there are need not be known beforehand, and the order of the fields does not matter.
    """
    digest = hashlib.sha256(f"{slide_id}/{field}:{cell}".encode()).digest()
    return int.from_bytes(digest[:RANK_BYTES], "big")


@dataclass(frozen=True, slots=True)
class Drawn:
    """The draw of one slide.

    Attributes
    ----------
    slide
        Its id.
    at_most
        How many cells are kept.
    last_rank
        The highest rank among those kept now; None: there is room for more.
    """

    slide: str
    at_most: int
    last_rank: int | None

    def of(self, field: int, cells: int) -> Iterator[tuple[int, int]]:
        """Give place and rank of the cells of a field that come into question, lowest first."""
        ranked = sorted((rank_of(self.slide, field, cell), cell) for cell in range(cells))
        for rank, cell in ranked[: self.at_most]:
            if self.last_rank is None or rank < self.last_rank:
                yield cell, rank
