"""The audit trail of a slide: who did what to it, and when."""

import getpass
import socket
from typing import Literal

import msgspec

from monitor.store.clock import now_iso
from monitor.store.connection import Store
from monitor.store.errors import SlideNotFound
from monitor.store.keys import SlideKeys
from monitor.store.queries import not_found_text
from monitor.store.summarise import decoded

MOST_DEEDS = 10_000
"""Deeds kept of a slide; the oldest go first."""

LONGEST_TEXT = 500

Action = Literal[
    "paused",
    "resumed",
    "finished",
    "rethresholded",
    "reviewed",
    "pruned",
    "exported",
    "imported",
]


class Deed(msgspec.Struct, frozen=True):
    """What somebody did to a slide.

    Attributes
    ----------
    at
        When, ISO 8601, UTC.
    who
        ``USER@HOST``, or the name under which a reviewer works.
    action
        What: ``paused``, ``resumed``, ``finished`` (asked for by a person), ``rethresholded``,
        ``reviewed``, ``pruned``, ``exported`` (reports and bundles too) or ``imported``.
    text
        For a person: more of it.
    """

    at: str
    who: str
    action: str
    text: str


def this_user() -> str:
    """Give ``USER@HOST`` of this process."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


def record_deed(
    store: Store, slide_id: str, action: Action, text: str = "", who: str | None = None
) -> None:
    """Put a deed into the trail.

    Parameters
    ----------
    store, slide_id
        The slide.
    action, text
        What was done; a text longer than 500 characters is cut.
    who
        Who did it; None: the user of this process.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    """
    said = [now_iso(), who or this_user(), action, text[:LONGEST_TEXT]]
    if not store.client.run("audit", SlideKeys.of(slide_id), [MOST_DEEDS, *said]):
        raise SlideNotFound(not_found_text(store, slide_id))


def audit_trail(store: Store, slide_id: str) -> list[Deed]:
    """Give what was done to a slide, oldest first.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    """
    keys = SlideKeys.of(slide_id)
    exists, entries = store.client.ask_together(
        [["EXISTS", keys.slide], ["XRANGE", keys.audit, "-", "+"]], atomic=True
    )
    if not exists:
        raise SlideNotFound(not_found_text(store, slide_id))
    return [msgspec.convert(decoded(deed), Deed) for _, deed in entries]
