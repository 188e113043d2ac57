"""The wire: what is sent is read back, and whatever else arrives is refused in one way only."""

import re

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.messages import (
    CROP_BYTES,
    MAX_HEADER_BYTES,
    PROTOCOL_VERSION,
    Alive,
    Chunk,
    Error,
    Failed,
    FromCapture,
    FromWorker,
    Goodbye,
    Hello,
    MalformedMessageError,
    Refused,
    Scored,
    Welcome,
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


WORDS = st.text(max_size=20)
NUMBERS = st.integers(-(2**63), 2**64 - 1)
SECONDS = st.floats(1e-3, 1e6)
FROM_WORKER = st.one_of(
    st.builds(Hello, worker=WORDS, model_id=WORDS, credits=st.integers(1, 2**63)),
    st.builds(Failed, chunk=NUMBERS, problem=WORDS),
    st.builds(Alive),
    st.builds(Goodbye),
    st.builds(Error, problem=WORDS),
)
FROM_CAPTURE = st.one_of(
    st.builds(Welcome, heartbeat_s=SECONDS, lease_s=SECONDS),
    st.builds(Refused, reason=WORDS),
    st.builds(Alive),
    st.builds(Goodbye),
    st.builds(Error, problem=WORDS),
)
# Right in form, free in content: what arbitrary bytes almost never are.
VALUES = st.one_of(NUMBERS, st.integers(-2, 4), st.floats(), WORDS, st.none(), st.just([64, 64, 3]))
KINDS = (Hello, Scored, Failed, Alive, Goodbye, Welcome, Refused, Chunk, Error)


@st.composite
def headers(draw: st.DrawFn) -> bytes:
    kind = draw(st.sampled_from(KINDS))
    keys = draw(st.sets(st.sampled_from(kind.__struct_fields__))) | {*kind.__struct_fields__[:-1]}
    content = {key: draw(VALUES) for key in keys}
    version = draw(st.sampled_from([PROTOCOL_VERSION, PROTOCOL_VERSION, 7]))
    return msgspec.msgpack.encode({**content, "type": kind.__name__, "version": version})


@settings(max_examples=200)
@given(headers(), st.lists(st.binary(max_size=8), max_size=3))
def test_a_header_with_any_content_is_refused_or_can_be_used(header: bytes, payload: list[bytes]):
    for read in (from_worker, from_capture):
        try:
            message, rest = read([header, *payload])
        except MalformedMessageError:
            continue
        if isinstance(message, Scored):
            assert {len(part) for part in scores_of(message, rest)} == {message.count}
        elif isinstance(message, Chunk):
            assert crops_of(message, rest).shape == (message.count, 64, 64, 3)


@given(FROM_WORKER)
def test_what_a_worker_says_comes_back_as_it_was(sent: FromWorker):
    assert from_worker(encode(sent)) == (sent, [])


@given(FROM_CAPTURE)
def test_what_capture_says_comes_back_as_it_was(sent: FromCapture):
    assert from_capture(encode(sent)) == (sent, [])


@given(st.integers(0, 3), st.integers(0, 5))
def test_a_chunk_comes_back_as_it_was(count: int, field: int):
    crops = np.random.default_rng(field).integers(0, 256, (count, 64, 64, 3), dtype=np.uint8)
    sent = Chunk(slide="a", field=field, chunk=7, count=count)
    message, payload = from_capture(encode(sent, crops.tobytes()))
    assert message == sent
    assert np.array_equal(crops_of(sent, payload), crops)


@st.composite
def boxes(draw: st.DrawFn) -> list[int]:
    """A box that a crop can have, or none."""
    if draw(st.booleans()):
        return [0] * 4
    top, left = draw(st.integers(0, 63)), draw(st.integers(0, 63))
    return [top, left, draw(st.integers(top + 1, 64)), draw(st.integers(left + 1, 64))]


def scored(*boxes: list[int]) -> list[bytes | memoryview]:
    """A result of as many cells as there are boxes."""
    count = len(boxes)
    header = Scored(chunk=1, count=count, embedding_length=0)
    return encode(header, bytes(4 * count), b"", np.array(boxes, np.uint8).tobytes())


@given(st.lists(boxes(), max_size=5), st.integers(0, 4))
def test_scores_come_back_as_they_were(around: list[list[int]], length: int):
    count = len(around)
    scores = np.linspace(0, 1, count, dtype=np.float32)
    embeddings = np.ones((count, length), np.float16)
    sent = Scored(chunk=1, count=count, embedding_length=length)
    parts = (scores.tobytes(), embeddings.tobytes(), np.array(around, np.uint8).tobytes())
    message, payload = from_worker(encode(sent, *parts))
    assert message == sent
    read = scores_of(sent, payload)
    assert np.array_equal(read.scores, scores)
    assert read.embeddings.shape == (count, length)
    assert read.boxes.tolist() == around


@given(st.lists(st.integers(0, 255), min_size=4, max_size=4))
def test_only_boxes_that_a_crop_can_have_are_taken(box: list[int]):
    top, left, bottom, right = box
    frames = scored([0, 0, 64, 64], box)
    if not any(box) or (top < bottom <= 64 and left < right <= 64):
        from_worker(frames)
    else:
        with pytest.raises(MalformedMessageError, match=re.escape(str(box))):
            from_worker(frames)


@pytest.mark.parametrize(
    "box",
    [[9, 1, 8, 4], [1, 9, 4, 8], [1, 1, 65, 4], [1, 1, 4, 65], [5, 1, 5, 4], [0, 0, 0, 9]],
    ids=["upside down", "mirrored", "too low", "too far right", "flat", "empty"],
)
def test_a_box_that_no_crop_can_have_is_refused(box: list[int]):
    with pytest.raises(MalformedMessageError, match=r"box .* in a crop of 64 x 64"):
        from_worker(scored([1, 2, 3, 4], box, [0, 0, 0, 0]))


def test_a_result_without_boxes_is_refused():
    with pytest.raises(MalformedMessageError, match="payload"):
        from_worker(scored([1, 2, 3, 4])[:-1])


@pytest.mark.parametrize("size", [0, CROP_BYTES - 1, CROP_BYTES + 1, 2 * CROP_BYTES])
def test_a_payload_of_another_length_than_announced_is_refused(size: int):
    with pytest.raises(MalformedMessageError, match="payload"):
        from_capture(encode(Chunk(slide="a", field=0, chunk=0, count=1), bytes(size)))


@pytest.mark.parametrize(("count", "length"), [(-1, 4), (0, -1), (0, 2**62)])
def test_a_count_or_length_that_cannot_be_is_refused(count: int, length: int):
    with pytest.raises(MalformedMessageError, match="Expected"):
        from_worker(encode(Scored(chunk=1, count=count, embedding_length=length), b"", b"", b""))


def test_a_worker_that_takes_no_chunk_is_refused():
    with pytest.raises(MalformedMessageError, match="credits"):
        from_worker(encode(Hello(worker="w", model_id="m", credits=0)))


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan")])
def test_a_lease_without_length_is_refused(seconds: float):
    with pytest.raises(MalformedMessageError, match="lease_s"):
        from_capture(encode(Welcome(heartbeat_s=1, lease_s=seconds)))


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
