"""Statistics of counted cells; where each comes from is told in ``docs/statistics.md``."""

from monitor.statistics.background import HealthySlides
from monitor.statistics.corrected import Corrected, corrected_parasitemia
from monitor.statistics.errors_drawn import ErrorsDrawn, Sensitivity
from monitor.statistics.intervals import Interval, exact_interval, wilson_interval
from monitor.statistics.limits import Limits, blank_quantile, limits, reachable
from monitor.statistics.planning import cells_to_decide
from monitor.statistics.sequence import RunningInterval, anytime_interval, log_wealth
from monitor.statistics.stopping import Counts, reached
from monitor.statistics.verdict import Bounds, Call

__all__ = [
    "Bounds",
    "Call",
    "Corrected",
    "Counts",
    "ErrorsDrawn",
    "HealthySlides",
    "Interval",
    "Limits",
    "RunningInterval",
    "Sensitivity",
    "anytime_interval",
    "blank_quantile",
    "cells_to_decide",
    "corrected_parasitemia",
    "exact_interval",
    "limits",
    "log_wealth",
    "reachable",
    "reached",
    "wilson_interval",
]
