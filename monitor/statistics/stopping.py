"""When a slide has been counted for long enough, by the rules that the settings name."""

import msgspec

from config.settings import DecisionSettings
from monitor.statistics.sequence import anytime_interval


class Counts(msgspec.Struct, frozen=True):
    """Where a slide stands.

    Attributes
    ----------
    cells, fields
        Counted so far.
    flagged, scored
        Of the cells: flagged; with a score.
    decided
        Whether its verdict is positive or negative.
    """

    cells: int
    fields: int
    flagged: int
    scored: int
    decided: bool


def reached(counts: Counts, rules: DecisionSettings) -> str | None:
    """Name the first stopping rule that a slide has reached, None where it has reached none.

    The width is that of the confidence sequence: an interval for one look would come out too
    narrow where it decides when to stop.
    """
    if rules.stop_when_decided and counts.decided:
        return "stop_when_decided"
    if rules.stop_at_cells is not None and counts.cells >= rules.stop_at_cells:
        return "stop_at_cells"
    if rules.stop_at_fields is not None and counts.fields >= rules.stop_at_fields:
        return "stop_at_fields"
    if rules.stop_at_interval_width is not None:
        low, high = anytime_interval(counts.flagged, counts.scored, rules.confidence)
        if high - low <= rules.stop_at_interval_width:
            return "stop_at_interval_width"
    return None
