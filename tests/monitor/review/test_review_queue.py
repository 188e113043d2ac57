"""What a reviewer is shown, in which order, and what is kept from a second one."""

import msgspec
import pytest

from monitor.review.queue import QueuedCell, review_queue
from monitor.store import Review, ReviewError, add_reviews, sampled_cells


def places(queue):
    return [(one.cell.field, one.cell.cell) for one in queue]


def test_flagged_cells_come_by_falling_score_with_random_ones_among_them(slide):
    queue = review_queue(slide, "a", "Ada")
    flagged = [one.cell.score for one in queue if one.flagged]
    assert len(flagged) == 6
    assert flagged == sorted(flagged, reverse=True)
    drawn = [(cell.field, cell.cell) for cell in sampled_cells(slide, "a") if not cell.score >= 0.5]
    assert places([one for one in queue if not one.flagged]) == drawn
    mixed = [one.flagged for one in queue]
    assert mixed != sorted(mixed)
    assert mixed != sorted(mixed, reverse=True)


def test_it_is_the_same_for_everyone_and_shrinks_by_what_one_has_judged(slide):
    mine = places(review_queue(slide, "a", "Ada"))
    assert places(review_queue(slide, "a", "Bo")) == mine
    add_reviews(slide, "a", [Review(*place, "Ada", "healthy") for place in mine[:4]])
    assert places(review_queue(slide, "a", "Ada")) == mine[4:]
    assert places(review_queue(slide, "a", "Bo")) == mine


def test_a_second_read_is_of_what_others_judged_in_another_order_and_blind(slide):
    mine = places(review_queue(slide, "a", "Ada"))
    add_reviews(slide, "a", [Review(*place, "Ada", "infected") for place in mine[:12]])
    second = review_queue(slide, "a", "Bo", second_read=True)
    assert set(places(second)) == set(mine[:12])
    assert places(second) != mine[:12]
    assert QueuedCell.__struct_fields__ == ("cell", "flagged")
    assert not {"judgement", "reviewer", "stage"} & set(second[0].cell.__slots__)
    add_reviews(slide, "a", [Review(*places(second)[0], "Bo", "healthy")])
    assert places(review_queue(slide, "a", "Bo", second_read=True)) == places(second)[1:]
    assert msgspec.structs.asdict(second[0])["flagged"] in {True, False}
    assert review_queue(slide, "a", "Ada", second_read=True) == []


def test_a_name_that_is_none_is_refused(slide):
    with pytest.raises(ReviewError, match="reviewer '' is not valid"):
        review_queue(slide, "a", "")
