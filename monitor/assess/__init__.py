"""Replays labelled slides and says how well they were counted."""

from monitor.assess.sheet import Sheet
from monitor.assess.slide_set import SetSlide, read_set

__all__ = ["SetSlide", "Sheet", "read_set"]
