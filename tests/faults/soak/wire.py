"""Reads genuine messages back from what went over a connection, and spoils them."""

from collections.abc import Iterator

import msgspec

GREETING_BYTES = 64
MORE, LONG, COMMAND = 1, 2, 4
WRONG_VERSION = 9999
OVERSIZED_BYTES = 4 << 20
"""More than the settings of every schedule accept."""

Frames = list[bytes]


def messages_of(stream: bytes) -> list[Frames]:
    """Take a ZMTP 3 connection's bytes apart into its whole messages, commands left out.

    See https://rfc.zeromq.org/spec/23/.
    """
    at, frames, messages = GREETING_BYTES, Frames(), list[Frames]()
    while at + 2 <= len(stream):
        flags = stream[at]
        width = 8 if flags & LONG else 1
        body = at + 1 + width
        at = body + int.from_bytes(stream[at + 1 : body], "big")
        if at > len(stream):
            break
        if flags & COMMAND:
            continue
        frames.append(bytes(stream[body:at]))
        if not flags & MORE:
            messages.append(frames)
            frames = []
    return messages


def spoiled(message: Frames) -> Iterator[Frames]:
    """Give a genuine message in the forms in which no one may take it for one."""
    header, *payload = message
    yield [b"", *payload]
    yield [header[:-1], *payload]
    yield [header + b"\x00", *payload]
    yield [header, *payload, b"more"]
    yield [bytes(reversed(header)), *payload]
    yield [_changed(header, version=WRONG_VERSION), *payload]
    yield [_changed(header, unheard_of=1), *payload]
    if payload:
        yield [header]
        yield [header, payload[0][:-1], *payload[1:]]
        yield [_changed(header, count=-1), *payload]


def _changed(header: bytes, **values: int) -> bytes:
    return msgspec.msgpack.encode(msgspec.msgpack.decode(header) | values)
