"""The checks of the fault suite see what they are there to see."""

from dataclasses import replace

import numpy as np
import pytest
from soak.bench import Bench
from soak.slide import Slide

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def whole(bench: Bench) -> Slide:
    return bench.undisturbed()


def _first(values: dict[bytes, bytes]) -> bytes:
    return next(key for key, value in values.items() if len(value) >= 8)


def test_an_undisturbed_slide_is_without_contradictions_and_has_cells(whole: Slide):
    assert whole.contradictions() == []
    assert whole.count("cells") > 500
    assert whole.count("flagged") > 10
    assert whole.lost == frozenset()


def test_one_bit_of_a_score_is_a_difference(whole: Slide):
    at = _first(whole.scores)
    bits = np.frombuffer(whole.scores[at], np.uint32).copy()
    bits[0] ^= 1
    other = replace(whole, scores=whole.scores | {at: bits.tobytes()})
    assert len(other.differences(whole)) == 1
    assert whole.differences(whole) == []


def test_a_field_counted_twice_contradicts_its_records(whole: Slide):
    counts = whole.counts | {
        name: str(whole.count(name) + 1) for name in ("fields", "frames_counted", "frames_seen")
    }
    assert replace(whole, counts=counts).contradictions()


def test_a_lost_field_contradicts_the_counts(whole: Slide):
    at = _first(whole.scores)
    scores = {key: value for key, value in whole.scores.items() if key != at}
    assert replace(whole, scores=scores).contradictions()


def test_a_frame_without_an_outcome_is_lost(whole: Slide):
    one = replace(whole, done=whole.done - {3})
    assert one.lost == {3}
    assert one.contradictions()


def test_an_unscored_cell_is_a_contradiction_though_the_ledger_balances(whole: Slide):
    assert replace(whole, counts=whole.counts | {"unscored": "1"}).contradictions()
