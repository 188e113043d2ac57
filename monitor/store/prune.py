"""Deletes slides that need not be kept any longer."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from monitor.store.connection import Store
from monitor.store.keys import SLIDES, SlideKeys
from monitor.store.queries import slides
from monitor.store.summarise import LIVING, Summary
from monitor.store.writer import OWNER_LIVING_MS

Reason = Literal["age", "number"]


class Outlived(msgspec.Struct, frozen=True):
    """A slide that need not be kept.

    Attributes
    ----------
    slide
        Its id.
    ended_at
        When it ended, or, where it was broken off, began: ISO 8601, UTC.
    cells
        How many were counted.
    reason
        It ended too long ago, or so many newer ones are kept.
    """

    slide: str
    ended_at: str
    cells: int
    reason: Reason


def outlived(
    store: Store, older_than_days: float | None, keep_slides: int | None, now: datetime
) -> list[Outlived]:
    """Name the slides that need not be kept, oldest first; none that is being counted.

    Parameters
    ----------
    store
        Where they are.
    older_than_days
        Those that ended more than so many days before ``now``; None: none for its age.
    keep_slides
        All but the newest so many, those being counted among them; None: none for their number.
    now
        The time, with its zone.
    """
    newest = sorted(slides(store), key=_ended, reverse=True)
    old = timedelta.max if older_than_days is None else timedelta(days=older_than_days)
    found = []
    for rank, one in enumerate(newest):
        reason = _reason(now - _ended(one) > old, keep_slides is not None and rank >= keep_slides)
        if reason is not None and one.state not in LIVING:
            found.append(
                Outlived(one.slide, _ended(one).isoformat("T", "seconds"), one.cells, reason)
            )
    return found[::-1]


def prune(store: Store, found: Sequence[Outlived]) -> list[Outlived]:
    """Delete slides, each with all its keys in one step.

    Returns
    -------
    list
        Those deleted; one that is being counted again by now stays.
    """
    return [one for one in found if _delete(store, one.slide)]


def _delete(store: Store, slide_id: str) -> bool:
    keys = SlideKeys.of(slide_id)
    if store.client.run("delete", keys, [OWNER_LIVING_MS]) != 1:
        return False
    # An id that is listed without a slide is passed over, so this may come late or never.
    store.client.ask("ZREM", SLIDES, slide_id)
    if store.client.ask("EXISTS", keys.slide):
        store.list_slide(slide_id)
    return True


def _ended(one: Summary) -> datetime:
    return datetime.fromisoformat(one.ended_at or one.started_at).astimezone(UTC)


def _reason(by_age: bool, by_number: bool) -> Reason | None:
    if by_age:
        return "age"
    return "number" if by_number else None
