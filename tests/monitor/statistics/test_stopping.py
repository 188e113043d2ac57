"""Rules by which counting stops by itself."""

import msgspec
import pytest

from config import load
from monitor.statistics import Counts, reached, wilson_interval

COUNTS = Counts(cells=1000, fields=10, flagged=20, scored=990, decided=False)


def rules(**values):
    overrides = {f"decision.{key}": value for key, value in values.items()}
    return load(None, overrides, {}).decision


def test_nothing_stops_by_default():
    assert reached(msgspec.structs.replace(COUNTS, decided=True, cells=10**9), rules()) is None


@pytest.mark.parametrize(
    ("rule", "met", "unmet"),
    [
        ("stop_at_cells", 1000, 1001),
        ("stop_at_fields", 10, 11),
        ("stop_at_interval_width", 0.1, 0.01),
    ],
)
def test_a_rule_that_is_met_is_named(rule, met, unmet):
    assert reached(COUNTS, rules(**{rule: met})) == rule
    assert reached(COUNTS, rules(**{rule: unmet})) is None


def test_a_verdict_stops_where_that_is_asked_for():
    assert reached(COUNTS, rules(stop_when_decided=True)) is None
    decided = msgspec.structs.replace(COUNTS, decided=True)
    assert reached(decided, rules(stop_when_decided=True)) == "stop_when_decided"


def test_the_width_is_one_that_may_be_watched():
    """An interval for one look is narrow enough sooner."""
    low, high = wilson_interval(COUNTS.flagged, COUNTS.scored)
    assert reached(COUNTS, rules(stop_at_interval_width=1.05 * (high - low))) is None


def test_before_the_first_cell_no_width_is_reached():
    none = Counts(0, 0, 0, 0, False)
    assert reached(none, rules(stop_at_interval_width=0.5)) is None
