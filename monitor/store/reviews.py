"""Writes and reads what people say of the cells of a slide."""

import secrets
from collections.abc import Sequence

import msgspec

from monitor.store.client import Word
from monitor.store.clock import now_iso
from monitor.store.connection import Store
from monitor.store.errors import SlideNotFound, StoreError
from monitor.store.keys import SlideKeys
from monitor.store.queries import not_found_text
from monitor.store.review_records import LoggedReview, Review, ReviewError, check_reviewer

_decoder = msgspec.json.Decoder(LoggedReview)


class UnknownCellError(ReviewError):
    """A review is of a cell that was not counted.

    Attributes
    ----------
    place
        Of the first such review among those given, from 0.
    """

    def __init__(self, text: str, place: int) -> None:
        super().__init__(text)
        self.place = place


def add_reviews(
    store: Store, slide_id: str, reviews: Sequence[Review], token: str | None = None
) -> int:
    """Write reviews, all of them or none; every one is kept in the slide's review log.

    Each reviewer has one review of a cell that stands: the last. One that says what the standing
    one says adds nothing.

    Parameters
    ----------
    store, slide_id
        The slide, counted or still being counted.
    reviews
        What was said, in order.
    token
        The same token writes the same reviews once, however often it is tried; None: a new one.

    Returns
    -------
    How many were new.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    UnknownCellError
        A cell was not counted.
    StoreError
        The slide has as many reviews as it may have.
    """
    token = token or secrets.token_hex(8)
    described: list[Word] = [
        value
        for place, review in enumerate(reviews)
        for value in (f"{token}:{place}", *_described(review))
    ]
    most, events = store.settings.max_reviews, store.settings.max_events
    reply = store.client.run("review", SlideKeys.of(slide_id), [most, events, *described])
    match [part.decode() for part in reply]:
        case ["ok", fresh]:
            return int(fresh)
        case ["unknown", number]:
            place = int(number) - 1
            bad = reviews[place]
            raise UnknownCellError(
                f"slide {slide_id} has no cell {bad.field}:{bad.cell} (field:cell): "
                f"see smearwatch export {slide_id}",
                place,
            )
        case ["full"]:
            raise StoreError(
                f"slide {slide_id} takes no more than {most:,} reviews: raise store.max_reviews"
            )
        case _:
            raise SlideNotFound(not_found_text(store, slide_id))


def undo_reviews(
    store: Store, slide_id: str, reviewer: str, count: int = 1, token: str | None = None
) -> int:
    """Take back a reviewer's own last reviews that stand; the log keeps them.

    Parameters
    ----------
    store, slide_id
        The slide.
    reviewer
        Whose.
    count
        How many, > 0.
    token
        As that of :func:`add_reviews`.

    Returns
    -------
    How many there were to take back, at most ``count``.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    """
    step, who = token or secrets.token_hex(8), check_reviewer(reviewer)
    words: list[Word] = [store.settings.max_events, step, who, count, now_iso()]
    reply = store.client.run("undo_review", SlideKeys.of(slide_id), words)
    match [part.decode() for part in reply]:
        case ["ok", undone]:
            return int(undone)
        case _:
            raise SlideNotFound(not_found_text(store, slide_id))


def standing_reviews(store: Store, slide_id: str) -> list[Review]:
    """Give the reviews of a slide that stand, in the order in which they were written.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    """
    return [entry.review() for entry in _entries(store, slide_id, SlideKeys.of(slide_id).reviews)]


def review_log(store: Store, slide_id: str) -> list[LoggedReview]:
    """Give all that was ever reviewed and undone on a slide, in order.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    """
    return _entries(store, slide_id, SlideKeys.of(slide_id).review_log)


def _described(review: Review) -> tuple[Word, ...]:
    return (
        *(review.field, review.cell, review.reviewer),
        *(review.judgement, review.stage or "", review.comment, review.at),
    )


def _entries(store: Store, slide_id: str, key: str) -> list[LoggedReview]:
    slide = SlideKeys.of(slide_id).slide
    exists, stored = store.client.ask_together([["EXISTS", slide], ["HVALS", key]], atomic=True)
    if not exists:
        raise SlideNotFound(not_found_text(store, slide_id))
    return sorted(map(_decoder.decode, stored), key=lambda entry: entry.number)
