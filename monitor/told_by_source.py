"""Passes on what a source tells of itself to the slide, also while it gives no frame."""

import threading

from monitor.committer import Committer
from monitor.sources import Source
from monitor.sources.notices import Notice, TellsNotices
from monitor.store import Event

SEVERAL = frozenset({"setting_refused", "written_anew"})
"""Kinds of which several may last at a time; a condition of the slide is one of its kind."""


class ToldBySource:
    """What a source tells; safe from any thread.

    Parameters
    ----------
    source
        The source, which may be one that tells nothing.
    committer
        Takes the events.
    """

    def __init__(self, source: Source, committer: Committer) -> None:
        self._source = source if isinstance(source, TellsNotices) else None
        self._committer = committer
        self._turn = threading.Lock()

    def pass_on(self) -> None:
        """Pass on what has not been passed on yet."""
        if self._source is None:
            return
        with self._turn:
            for notice in self._source.take_notices():
                self._committer.event(_event(notice))


def _event(notice: Notice) -> Event:
    lasts = None if notice.kind in SEVERAL else notice.cleared
    return Event(notice.kind, notice.text, cleared=lasts)
