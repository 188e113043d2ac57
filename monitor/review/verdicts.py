"""What all reviewers of a cell together say of it."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from monitor.store import Review, Stage

Verdict = Literal["infected", "healthy", "unsure", "disputed"]
Place = tuple[int, int]
"""Number of the frame, and the cell's place in it."""


class JudgedCell(msgspec.Struct, frozen=True):
    """A cell and its standing reviews.

    Attributes
    ----------
    place
        Where it is.
    reviews
        Of each reviewer one, at least one.
    """

    place: Place
    reviews: tuple[Review, ...]

    @property
    def verdict(self) -> Verdict:
        """What all say; ``disputed`` where they do not say the same."""
        said = {review.judgement for review in self.reviews}
        return said.pop() if len(said) == 1 else "disputed"

    @property
    def stage(self) -> Stage | None:
        """Of an infected cell, where all who name a stage name the same."""
        named = {review.stage for review in self.reviews if review.stage is not None}
        return named.pop() if len(named) == 1 and self.verdict == "infected" else None


def judged_cells(reviews: Iterable[Review]) -> dict[Place, JudgedCell]:
    """Bring the standing reviews of each cell together, in the order of first review."""
    found: dict[Place, list[Review]] = {}
    for review in reviews:
        found.setdefault((review.field, review.cell), []).append(review)
    return {place: JudgedCell(place, tuple(of)) for place, of in found.items()}


def verdicts_in_words(reviews: Iterable[Review]) -> dict[Place, str]:
    """Say what all reviewers of each judged cell say, with its stage where they agree on one."""
    return {
        place: cell.verdict if cell.stage is None else f"{cell.verdict}, {cell.stage}"
        for place, cell in judged_cells(reviews).items()
    }
