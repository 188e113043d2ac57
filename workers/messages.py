"""The wire between capture and workers: small typed headers, then raw bytes.

A message is one msgpack header (a struct below) and up to three payload frames. Nothing is
executed, nothing is believed: size, kind, version, payload lengths and boxes are checked before
anyone uses a message.
"""

from collections.abc import Sequence
from typing import Annotated, NamedTuple, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from config import SmearwatchError

PROTOCOL_VERSION = 2
MAX_HEADER_BYTES = 64 * 1024
MAX_EMBEDDING_LENGTH = 64 * 1024
CROP_SHAPE = (64, 64, 3)
CROP_BYTES = 64 * 64 * 3
BOX_BYTES = 4

Buffer = bytes | memoryview
Payload = Sequence[Buffer]
Count = Annotated[int, msgspec.Meta(ge=0)]
Length = Annotated[int, msgspec.Meta(ge=0, le=MAX_EMBEDDING_LENGTH)]
Credits = Annotated[int, msgspec.Meta(ge=1)]
Seconds = Annotated[float, msgspec.Meta(gt=0)]


class MalformedMessageError(SmearwatchError):
    """What came over the wire is not a message of this protocol."""


class Message(msgspec.Struct, frozen=True, kw_only=True, tag=True, forbid_unknown_fields=True):
    """What every header carries: its kind (the tag) and the protocol's version."""

    version: int = PROTOCOL_VERSION


class Hello(Message, frozen=True, kw_only=True):
    """A worker introduces itself and says how many chunks it takes at a time."""

    worker: str
    model_id: str
    credits: Credits


class Scored(Message, frozen=True, kw_only=True):
    """A worker returns a chunk.

    Payload: scores float32 (count,), embeddings float16 (count, d), boxes uint8 (count, 4).
    """

    chunk: int
    count: Count
    embedding_length: Length


class Failed(Message, frozen=True, kw_only=True):
    """A worker could not score a chunk, and why."""

    chunk: int
    problem: str


class Alive(Message, frozen=True, kw_only=True):
    """Either side lives."""


class Goodbye(Message, frozen=True, kw_only=True):
    """A worker takes no more chunks; capture gives no more of them."""


class Welcome(Message, frozen=True, kw_only=True):
    """Capture takes the worker; a side silent for ``lease_s`` seconds is given up."""

    heartbeat_s: Seconds
    lease_s: Seconds


class Refused(Message, frozen=True, kw_only=True):
    """Capture does not take the worker, and why."""

    reason: str


class Chunk(Message, frozen=True, kw_only=True):
    """Crops to score; payload: uint8 (count, *shape), RGB, C order."""

    slide: str
    field: int
    chunk: int
    count: Count
    shape: tuple[int, int, int] = CROP_SHAPE


class Error(Message, frozen=True, kw_only=True):
    """The last message of the other side could not be used, and why."""

    problem: str


FromWorker = Hello | Scored | Failed | Alive | Goodbye | Error
FromCapture = Welcome | Refused | Chunk | Alive | Goodbye | Error

_M = TypeVar("_M", bound=Message)
_from_worker = msgspec.msgpack.Decoder(FromWorker)
_from_capture = msgspec.msgpack.Decoder(FromCapture)
_encoder = msgspec.msgpack.Encoder()


def encode(message: Message, *payload: Buffer) -> list[Buffer]:
    """Give the frames of a message, the payload uncopied."""
    return [_encoder.encode(message), *payload]


def from_worker(frames: Payload) -> tuple[FromWorker, Payload]:
    """Read what a worker sent.

    Raises
    ------
    MalformedMessageError
        Not such a message, another version, payload lengths that do not fit its header, or
        boxes that do not fit a crop.
    """
    message, payload = _decode(frames, _from_worker)
    if isinstance(message, Scored):
        _check_payload(payload, _lengths(message))
        _check_boxes(scores_of(message, payload).boxes)
    else:
        _check_payload(payload, [])
    return message, payload


def from_capture(frames: Payload) -> tuple[FromCapture, Payload]:
    """Read what capture sent; raises as :func:`from_worker` does."""
    message, payload = _decode(frames, _from_capture)
    expected = []
    if isinstance(message, Chunk):
        if message.shape != CROP_SHAPE:
            raise MalformedMessageError(f"crops of shape {message.shape}, not {CROP_SHAPE}")
        expected = [message.count * CROP_BYTES]
    _check_payload(payload, expected)
    return message, payload


def crops_of(message: Chunk, payload: Payload) -> NDArray[np.uint8]:
    """View a chunk's payload as crops, (count, 64, 64, 3) uint8, uncopied and read-only."""
    return np.frombuffer(payload[0], np.uint8).reshape(message.count, *message.shape)


class ScoredCells(NamedTuple):
    """A result's payload, viewed as arrays, uncopied and read-only.

    Attributes
    ----------
    scores
        (count,) float32.
    embeddings
        (count, d) float16.
    boxes
        (count, 4) uint8, worst regions: (top, left, bottom, right), half-open, in pixels of the
        crop; zeros: none.
    """

    scores: NDArray[np.float32]
    embeddings: NDArray[np.float16]
    boxes: NDArray[np.uint8]


def scores_of(message: Scored, payload: Payload) -> ScoredCells:
    """View a result's payload as scores, embeddings and boxes."""
    return ScoredCells(
        np.frombuffer(payload[0], np.float32),
        np.frombuffer(payload[1], np.float16).reshape(message.count, message.embedding_length),
        np.frombuffer(payload[2], np.uint8).reshape(message.count, BOX_BYTES),
    )


def _decode(frames: Payload, decoder: msgspec.msgpack.Decoder[_M]) -> tuple[_M, Payload]:
    if not frames or len(frames[0]) > MAX_HEADER_BYTES:
        raise MalformedMessageError("no header, or one that is too long")
    try:
        message = decoder.decode(frames[0])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedMessageError(f"unreadable header: {error}") from error
    if message.version != PROTOCOL_VERSION:
        raise MalformedMessageError(
            f"protocol version {message.version}, here {PROTOCOL_VERSION}: "
            "install the same smearwatch on both sides"
        )
    return message, frames[1:]


def _check_payload(payload: Payload, expected: list[int]) -> None:
    lengths = [len(frame) for frame in payload]
    if lengths != expected:
        raise MalformedMessageError(f"payload of {lengths} bytes where {expected} belong")


def _lengths(message: Scored) -> list[int]:
    count = message.count
    return [count * 4, count * message.embedding_length * 2, count * BOX_BYTES]


def _check_boxes(boxes: NDArray[np.uint8]) -> None:
    """Refuse boxes that have no inside or reach beyond the crop; zeros alone say "none"."""
    top, left, bottom, right = boxes.T
    height, width, _ = CROP_SHAPE
    fits = (top < bottom) & (bottom <= height) & (left < right) & (right <= width)
    wrong = boxes[~fits & boxes.any(1)]
    if len(wrong):
        raise MalformedMessageError(f"box {wrong[0].tolist()} in a crop of {height} x {width}")
