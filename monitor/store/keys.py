"""The names of all Redis keys, in one place; ``docs/redis.md`` explains them one by one."""

import re
from dataclasses import astuple, dataclass
from typing import Self

from config import UsageError

SLIDES = "smearwatch:slides"
LAYOUT = "smearwatch:layout"

_SLIDE_ID = re.compile(rb"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")


def is_slide_id(listed: bytes) -> bool:
    """Say whether what Redis lists as a slide can be one of ours."""
    return _SLIDE_ID.fullmatch(listed) is not None


def check_slide_id(slide_id: str) -> str:
    """Give ``slide_id`` back if it is a valid slide id.

    Raises
    ------
    UsageError
        It is empty, too long or holds a character that a slide id may not hold.
    """
    if is_slide_id(slide_id.encode("utf-8", "surrogatepass")):
        return slide_id
    raise UsageError(
        f"slide id {slide_id[:80]!r} is not valid: use 1 to 64 letters (a-z, A-Z), digits, "
        "'.', '_' and '-', and do not start with '.' or '-'"
    )


@dataclass(frozen=True, slots=True)
class SlideKeys:
    """The keys of one slide, which share a hash tag and so live on one Redis Cluster node."""

    slide: str
    seen: str
    done: str
    fields: str
    scores: str
    boxes: str
    flagged: str
    flagged_cells: str
    events: str
    status: str
    conditions: str
    map: str
    audit: str
    sampled: str
    sampled_cells: str
    reviews: str
    review_log: str
    review_ids: str
    reviewers: str

    @classmethod
    def of(cls, slide_id: str) -> Self:
        """Name the keys of ``slide_id``."""
        slide = f"slide:{{{check_slide_id(slide_id)}}}"
        parts = ("seen", "done", "fields", "scores", "boxes")
        more = ("flagged", "flagged_cells", "events", "status", "conditions", "map", "audit")
        drawn = ("sampled", "sampled_cells")
        judged = ("reviews", "review_log", "review_ids", "reviewers")
        return cls(slide, *(f"{slide}:{part}" for part in parts + more + drawn + judged))

    def all(self) -> list[str]:
        """List every key, in the order in which all scripts take them."""
        return list(astuple(self))
