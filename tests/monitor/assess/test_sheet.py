"""Filling in a competence sheet."""

import pytest

from monitor.assess.sheet import SlideResult, fill_in, is_within
from monitor.store import FrameOutcome, SlideInfo, summary

INFO = SlideInfo("/slides/a", "images", False, False, False, None, "draem-1", 0.5, "0.1.0")


@pytest.fixture
def counted(store):
    writer = store.begin("a", INFO, "new")
    writer.record([FrameOutcome(0, "gated", "still")])
    writer.finish("ended")
    return summary(store, "a")


def row(label, verdict, true=None, found=None, flagged=0, cells=1000, balanced=True):
    within = is_within(found, true)
    return SlideResult("s", "x", label, verdict, true, found, within, cells, flagged, 0, balanced)


def sheet(rows, counted):
    return fill_in(rows, [counted] * len(rows), 5e6, 0.2)


def test_detection_asks_for_the_right_verdict(counted):
    rows = [
        row("positive", "positive"),
        row("positive", "undecided"),
        row("negative", "negative"),
        row("negative", "undecided"),
        row("negative", "positive"),
        row("positive", "not_interpretable"),
    ]
    made = sheet(rows, counted)
    assert (made.detection.count, made.detection.of) == (2, 6)
    assert (made.sensitivity.count, made.sensitivity.of) == (1, 3)
    assert (made.specificity.count, made.specificity.of) == (2, 3)
    assert (made.undecided, made.not_interpretable) == (2, 1)
    assert made.detection.low < 1 / 3 < made.detection.high


@pytest.mark.parametrize(("right", "level"), [(10, 1), (9, 1), (8, 2), (7, 3), (6, 4)])
def test_levels_of_detection_are_those_of_who(right, level, counted):
    rows = [row("positive", "positive")] * right + [row("positive", "undecided")] * (10 - right)
    assert sheet(rows, counted).detection_level == level


@pytest.mark.parametrize(("within", "level"), [(5, 1), (4, 2), (3, 3), (2, 4)])
def test_levels_of_counting_are_those_of_who(within, level, counted):
    rows = [row("positive", "positive", 1000, 1249)] * within
    rows += [row("positive", "positive", 1000, 1251)] * (10 - within)
    made = sheet(rows, counted)
    assert made.within_25_percent.count == within
    assert made.counting_level == level


def test_only_known_densities_are_held_against_counts(counted):
    rows = [row("positive", "positive"), row("negative", "negative", 0.0, 500.0)]
    made = sheet(rows, counted)
    assert made.within_25_percent.of == 0
    assert made.within_25_percent.share is None
    assert made.counting_level is None


def test_a_slide_without_a_count_is_not_within():
    assert is_within(None, 1000.0) is False


def test_false_positives_are_those_of_negative_slides(counted):
    rows = [
        row("negative", "undecided", flagged=1),
        row("negative", "undecided", flagged=3),
        row("positive", "positive", flagged=900),
    ]
    made = sheet(rows, counted)
    assert made.false_positives_per_ul == pytest.approx(4 / 2000 * 5e6)
    assert made.false_positives_per_ul_worst == pytest.approx(3 / 1000 * 5e6)
    assert made.false_positives_per_ul_low < 10_000 < made.false_positives_per_ul_high


def test_without_negative_slides_there_are_no_false_positives_to_tell(counted):
    assert sheet([row("positive", "positive")], counted).false_positives_per_ul is None


def test_a_ledger_that_does_not_balance_is_told(counted):
    rows = [row("negative", "negative"), row("negative", "negative", balanced=False)]
    made = sheet(rows, counted)
    assert not made.balanced
    assert made.ledger["seen"] == 2 * counted.frames_seen
    assert made.ledger["gated"] == 2
