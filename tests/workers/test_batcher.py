"""Batches: full ones at once, others soon, nothing lost and nothing out of order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workers.batcher import Batcher, PendingChunk

MAX_WAIT_S = 0.002


def pending(chunk: int, count: int, sender: int = 0, arrived_s: float = 0.0) -> PendingChunk:
    return PendingChunk(sender, chunk, np.zeros((count, 64, 64, 3), np.uint8), arrived_s)


def filled(*counts: int, batch_size: int) -> Batcher:
    batcher = Batcher(batch_size, MAX_WAIT_S)
    for chunk, count in enumerate(counts):
        batcher.add(pending(chunk, count))
    return batcher


def numbers(chunks: list[PendingChunk]) -> list[int]:
    return [chunk.chunk for chunk in chunks]


def test_nothing_is_due_while_nothing_waits():
    assert filled(batch_size=4).wait_s(now_s=10) is None


def test_a_batch_that_is_not_full_waits_for_company_but_not_longer_than_its_oldest_chunk_may():
    batcher = Batcher(8, MAX_WAIT_S)
    batcher.add(pending(0, 3, arrived_s=1.0))
    batcher.add(pending(1, 3, arrived_s=1.0015))
    assert abs((batcher.wait_s(1.0015) or 0) - 0.0005) < 1e-9
    assert batcher.wait_s(1.01) == 0


def test_a_full_batch_is_due_at_once():
    batcher = filled(4, 4, batch_size=8)
    assert batcher.wait_s(now_s=0) == 0
    batcher.take()
    assert batcher.wait_s(now_s=0) is None


def test_a_chunk_that_does_not_fit_any_more_waits_for_the_next_batch():
    batcher = filled(5, 4, 1, batch_size=8)
    assert numbers(batcher.take()) == [0]
    assert numbers(batcher.take()) == [1, 2]


def test_a_chunk_larger_than_a_batch_goes_alone():
    batcher = filled(100, 1, batch_size=8)
    assert numbers(batcher.take()) == [0]
    assert len(batcher) == 1


def test_what_a_lost_connection_sent_is_dropped_and_takes_no_room():
    batcher = Batcher(4, MAX_WAIT_S)
    batcher.add(pending(0, 3, sender=0))
    batcher.add(pending(1, 3, sender=1, arrived_s=5.0))
    batcher.forget(0)
    assert (batcher.wait_s(5.0) or 0) > 0, "three crops of four do not make a batch full"
    assert numbers(batcher.take()) == [1]


@given(st.lists(st.integers(0, 12), max_size=20), st.integers(1, 10))
def test_every_chunk_is_taken_once_in_order_in_batches_that_fit(counts: list[int], size: int):
    batcher = filled(*counts, batch_size=size)
    taken: list[int] = []
    while len(batcher):
        batch = batcher.take()
        assert len(batch) == 1 or sum(len(chunk.crops) for chunk in batch) <= size
        taken += numbers(batch)
    assert taken == list(range(len(counts)))
    assert batcher.wait_s(0) is None


def test_a_flood_of_one_capture_does_not_hold_up_another():
    batcher = Batcher(8, MAX_WAIT_S)
    for number in range(50):
        batcher.add(pending(number, 4, sender=0))
    batcher.take()
    batcher.add(pending(100, 4, sender=1))
    assert {chunk.sender for chunk in batcher.take()} == {0, 1}


def test_captures_have_equal_shares_whatever_the_size_of_their_chunks():
    batcher = Batcher(32, MAX_WAIT_S)
    sizes = {0: 3, 1: 16, 2: 7}
    served = dict.fromkeys(sizes, 0)
    for sender, size in sizes.items():
        for number in range(2000 // size):
            batcher.add(pending(number, size, sender))
    for _ in range(100):
        for chunk in batcher.take():
            served[chunk.sender] += len(chunk.crops)
    assert max(served.values()) - min(served.values()) <= 2 * max(sizes.values())


def test_one_that_was_idle_gets_no_more_for_that_later():
    batcher = Batcher(4, MAX_WAIT_S)
    for number in range(100):
        batcher.add(pending(number, 4, sender=0))
    batcher.add(pending(0, 4, sender=1))
    for _ in range(50):
        batcher.take()
    for number in range(50):
        batcher.add(pending(number, 4, sender=1))
    following = [batcher.take()[0].sender for _ in range(20)]
    assert 9 <= following.count(0) <= 11
