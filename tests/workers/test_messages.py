"""The wire: what is sent is read back, and whatever else arrives is refused in one way only."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.messages import (
    CROP_BYTES,
    MAX_HEADER_BYTES,
    PROTOCOL_VERSION,
    Alive,
    Chunk,
    Failed,
    Hello,
    MalformedMessageError,
    Scored,
    crops_of,
    encode,
    from_capture,
    from_worker,
    scores_of,
)


@given(st.lists(st.binary(max_size=300), max_size=4))
def test_arbitrary_bytes_are_refused_and_nothing_else_happens(frames: list[bytes]):
    for read in (from_worker, from_capture):
        try:
            read(frames)
        except MalformedMessageError:
            continue


@given(st.integers(0, 3), st.integers(0, 5))
def test_a_chunk_comes_back_as_it_was(count: int, field: int):
    crops = np.random.default_rng(field).integers(0, 256, (count, 64, 64, 3), dtype=np.uint8)
    sent = Chunk(slide="a", field=field, chunk=7, count=count)
    message, payload = from_capture(encode(sent, crops.tobytes()))
    assert message == sent
    assert np.array_equal(crops_of(sent, payload), crops)


@given(st.integers(0, 5), st.integers(0, 4))
def test_scores_come_back_as_they_were(count: int, length: int):
    scores = np.linspace(0, 1, count, dtype=np.float32)
    embeddings = np.ones((count, length), np.float16)
    sent = Scored(chunk=1, count=count, embedding_length=length)
    message, payload = from_worker(encode(sent, scores.tobytes(), embeddings.tobytes()))
    assert message == sent
    read = scores_of(sent, payload)
    assert np.array_equal(read[0], scores)
    assert read[1].shape == (count, length)


@pytest.mark.parametrize("size", [0, CROP_BYTES - 1, CROP_BYTES + 1, 2 * CROP_BYTES])
def test_a_payload_of_another_length_than_announced_is_refused(size: int):
    with pytest.raises(MalformedMessageError, match="payload"):
        from_capture(encode(Chunk(slide="a", field=0, chunk=0, count=1), bytes(size)))


def test_a_count_below_zero_is_refused():
    with pytest.raises(MalformedMessageError):
        from_worker(encode(Scored(chunk=1, count=-1, embedding_length=4), b"", b""))


def test_another_version_is_refused_with_a_cure():
    with pytest.raises(MalformedMessageError, match="same smearwatch"):
        from_worker(encode(Alive(version=PROTOCOL_VERSION + 1)))


def test_another_crop_shape_is_refused():
    chunk = Chunk(slide="a", field=0, chunk=0, count=1, shape=(32, 32, 3))
    with pytest.raises(MalformedMessageError, match="shape"):
        from_capture(encode(chunk, bytes(32 * 32 * 3)))


def test_messages_of_the_other_direction_are_refused():
    with pytest.raises(MalformedMessageError):
        from_capture(encode(Hello(worker="w", model_id="m", credits=1)))
    with pytest.raises(MalformedMessageError):
        from_worker(encode(Chunk(slide="a", field=0, chunk=0, count=0), b""))


def test_an_unknown_key_and_an_oversized_header_are_refused():
    header = msgspec.msgpack.encode({"type": "Alive", "version": PROTOCOL_VERSION, "more": 1})
    with pytest.raises(MalformedMessageError):
        from_worker([header])
    with pytest.raises(MalformedMessageError, match="long"):
        from_worker(encode(Failed(chunk=1, problem="x" * MAX_HEADER_BYTES)))
