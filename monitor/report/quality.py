"""Says how good a slide was to count."""

from collections.abc import Mapping, Sequence

import numpy as np

from monitor.report.content import Focus, LostFrame, Quality
from monitor.store import FrameRecord, ToldEvent

MOST_LOST = 50
OF_COUNTING = frozenset({"field", "state", "rejected", "failed", "gated", "skipped"})


def quality_of(records: Mapping[int, FrameRecord], told: Sequence[ToldEvent]) -> Quality:
    """Sum up the frames' records, by number, and the slide's events, oldest first."""
    lost = [
        LostFrame(
            number, record.name or "", record.outcome, record.reason or "", record.detail or ""
        )
        for number, record in records.items()
        if record.outcome in {"rejected", "failed"}
    ]
    return Quality(
        focus=_focus(records),
        lost=tuple(lost[:MOST_LOST]),
        lost_total=len(lost),
        noticed=tuple(event for event in told if event.kind not in OF_COUNTING),
    )


def _focus(records: Mapping[int, FrameRecord]) -> Focus | None:
    scores = [one.focus_score for one in records.values() if one.focus_score is not None]
    if not scores:
        return None
    return Focus(min(scores), float(np.median(scores)), max(scores))
