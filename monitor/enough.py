"""Ends a slide once it has been counted for long enough, where the settings name a rule."""

import logging
import time
from collections.abc import Callable

from config import Settings
from config.settings import DecisionSettings
from monitor.decision import Judge, counts_of
from monitor.statistics import reached
from monitor.store import Event, Store, StoreUnavailable

logger = logging.getLogger(__name__)

LOOK_S = 1.0


class Enough:
    """Looks at a slide now and then.

    Parameters
    ----------
    store, slide
        Where it is counted, and its id.
    settings
        The rules, and what the verdict rests on.
    clock
        Gives seconds.
    """

    def __init__(
        self,
        store: Store,
        slide: str,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._slide = slide
        self._rules = settings.decision
        self._judge = Judge(settings)
        self._clock = clock
        self._looked_s = float("-inf")

    def look(self) -> Event | None:
        """Give what is to be told where a rule has been reached, at most once a second."""
        now_s = self._clock()
        if not _has_rule(self._rules) or now_s - self._looked_s < LOOK_S:
            return None
        self._looked_s = now_s
        try:
            rule = reached(counts_of(self._judge.summary(self._store, self._slide)), self._rules)
        except StoreUnavailable:
            return None
        if rule is None:
            return None
        text = f"decision.{rule} is reached: the slide is finished"
        logger.info("slide %s: %s", self._slide, text)
        return Event("enough", text)


def _has_rule(rules: DecisionSettings) -> bool:
    limits = rules.stop_at_cells, rules.stop_at_fields, rules.stop_at_interval_width
    return rules.stop_when_decided or any(limit is not None for limit in limits)
