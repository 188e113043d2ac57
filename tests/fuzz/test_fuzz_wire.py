"""Spoilt messages of every kind are refused as malformed, whatever was done to them."""

import numpy as np
import pytest

from workers.messages import (
    Alive,
    Chunk,
    Error,
    Failed,
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

MESSAGES = [
    encode(Hello(worker="box:1", model_id="m-1", credits=4)),
    encode(Scored(chunk=2**40, count=2, embedding_length=3), bytes(8), bytes(12), bytes(8)),
    encode(Failed(chunk=1, problem="é" * 40)),
    encode(Alive()),
    encode(Goodbye()),
    encode(Welcome(heartbeat_s=0.5, lease_s=5)),
    encode(Refused(reason="other model")),
    encode(Chunk(slide="a", field=3, chunk=4, count=1), bytes(64 * 64 * 3)),
    encode(Error(problem="what")),
]


def spoilt(rng: np.random.Generator, frames: list[bytes]) -> list[bytes]:
    """Frames cut, changed, left out, repeated, exchanged or grown."""
    frames = [bytes(frame) for frame in frames]
    at = int(rng.integers(len(frames)))
    data = bytearray(frames[at])
    kind = rng.integers(7)
    if kind == 0:
        data = data[: rng.integers(0, len(data) + 1)]
    elif kind == 1 and data:
        for place in rng.integers(0, len(data), 3):
            data[place] = rng.integers(0, 256)
    elif kind == 2:
        return frames[:at] + frames[at + 1 :]
    elif kind == 3:
        return frames + [frames[at]] * int(rng.integers(1, 50))
    elif kind == 4:
        data += rng.bytes(int(rng.integers(1, 9)))
    elif kind == 5:
        data = bytearray(rng.bytes(int(rng.integers(0, 64))))
    else:
        # MessagePack that announces 4 billion entries, and one nested without end.
        data = bytearray(
            rng.choice([b"\xdd\xff\xff\xff\xff", b"\x91" * 60_000, b"\xdf" + b"\xff" * 4])
        )
    frames[at] = bytes(data)
    return frames


@pytest.mark.parametrize("read", [from_worker, from_capture])
def test_a_spoilt_message_is_refused_or_can_be_used(read, cases: int):
    refused = 0
    for seed in range(5 * cases):
        rng = np.random.default_rng(seed)
        frames = spoilt(rng, MESSAGES[rng.integers(len(MESSAGES))])
        try:
            message, payload = read(frames)
        except MalformedMessageError as error:
            refused += 1
            assert len(str(error)) < 1000
            continue
        if isinstance(message, Scored):
            assert {len(part) for part in scores_of(message, payload)} == {message.count}
        elif isinstance(message, Chunk):
            assert crops_of(message, payload).shape == (message.count, 64, 64, 3)
    assert refused > 4 * cases
