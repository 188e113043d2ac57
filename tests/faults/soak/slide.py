"""Reads a slide as Redis holds it, and checks that it agrees with itself."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import redis
from numpy.typing import NDArray

from monitor.store.keys import SlideKeys

OUTCOMES = ("counted", "gated", "rejected", "skipped", "failed")
COUNTS = ("cells", "flagged", "unscored", "fields", "state", "model_id", "threshold")


@dataclass(frozen=True, slots=True)
class Slide:
    """All of a slide that its cells, and nothing else, decide.

    Attributes
    ----------
    counts
        The fields of its hash that count something.
    records
        What is kept of each frame by its number, but for the time it was taken.
    scores, boxes, flagged, flagged_cells
        As they are stored.
    seen, done
        Numbers of the frames seen, and of those with an outcome.
    """

    counts: dict[str, str]
    records: dict[int, dict[str, Any]]
    scores: dict[bytes, bytes]
    boxes: dict[bytes, bytes]
    flagged: dict[bytes, float]
    flagged_cells: dict[bytes, bytes]
    seen: frozenset[int]
    done: frozenset[int]

    @classmethod
    def read(cls, client: redis.Redis, slide: str) -> "Slide":
        """Read a slide; raises ``redis.RedisError`` where the store does not answer."""
        keys = SlideKeys.of(slide)
        fields = {key.decode(): value.decode() for key, value in _hash(client, keys.slide).items()}
        return cls(
            counts={key: value for key, value in fields.items() if _is_count(key)},
            records={int(at): _lasting(one) for at, one in _hash(client, keys.fields).items()},
            scores=_hash(client, keys.scores),
            boxes=_hash(client, keys.boxes),
            flagged=dict(client.zrange(keys.flagged, 0, -1, withscores=True)),
            flagged_cells=_hash(client, keys.flagged_cells),
            seen=_numbers(client.get(keys.seen)),
            done=_numbers(client.get(keys.done)),
        )

    @property
    def lost(self) -> frozenset[int]:
        """Frames that were seen and have no outcome."""
        return self.seen - self.done

    def count(self, name: str) -> int:
        """Give a count; 0 where nothing of the kind happened."""
        return int(self.counts.get(name, 0))

    def differences(self, other: "Slide") -> list[str]:
        """Say where it differs from another, in a line each."""
        found = []
        for name in ("counts", "records", "scores", "boxes", "flagged", "flagged_cells"):
            mine, theirs = getattr(self, name), getattr(other, name)
            for key in sorted({*mine, *theirs}, key=str):
                if mine.get(key) != theirs.get(key):
                    found.append(
                        f"{name}[{key!r}] is {_short(mine.get(key))}, not {_short(theirs.get(key))}"
                    )
        return found

    def contradictions(self) -> list[str]:
        """Say where its parts do not agree, in a line each."""
        counted = {at for at, one in self.records.items() if one["outcome"] == "counted"}
        scores = {at: np.frombuffer(one, "<f4") for at, one in self.scores.items()}
        threshold = float(self.counts["threshold"])
        pairs: dict[str, tuple[object, object]] = {
            "state": (self.counts["state"], "complete"),
            "frames seen, and with an outcome": (self.seen, self.done),
            "frames_seen, and bits": (self.count("frames_seen"), len(self.seen)),
            "frames seen, and outcomes": (
                self.count("frames_seen"),
                sum(self.count(f"frames_{outcome}") for outcome in OUTCOMES),
            ),
            "numbers of frames": (self.seen, frozenset(range(len(self.seen)))),
            "fields, and records": (self.count("fields"), len(counted)),
            "fields, and frames counted": (self.count("fields"), self.count("frames_counted")),
            "fields, and scores": (counted, {int(at) for at in scores}),
            "fields, and boxes": (counted, {int(at) for at in self.boxes}),
            "cells, and scores": (self.count("cells"), sum(map(len, scores.values()))),
            "cells, and boxes": (self.count("cells"), sum(map(len, self.boxes.values())) // 8),
            "cells, and records": (self.count("cells"), self._sum(counted, "cells")),
            "flagged, and scores": (self.count("flagged"), _flagged(scores, threshold)),
            "flagged, and flagged cells": (self.count("flagged"), len(self.flagged)),
            "flagged, and their pictures": (set(self.flagged), set(self.flagged_cells)),
            "unscored": (self.count("unscored"), 0),
        }
        return [
            f"{name}: {_short(one)} and {_short(other)}"
            for name, (one, other) in pairs.items()
            if one != other
        ]

    def _sum(self, numbers: set[int], name: str) -> int:
        return sum(self.records[number][name] for number in numbers)


def fields_of(client: redis.Redis, slide: str) -> dict[int, dict[str, Any]]:
    """Give the records of the frames that are acknowledged now."""
    kept = _hash(client, SlideKeys.of(slide).fields)
    return {int(at): _lasting(one) for at, one in kept.items()}


def frames_seen(client: redis.Redis, slide: str) -> int:
    """Count the frames seen so far."""
    return int(client.hget(SlideKeys.of(slide).slide, "frames_seen") or 0)


def owner(client: redis.Redis, slide: str) -> bytes | None:
    """Give the token of the capture that owns the slide."""
    token: bytes | None = client.hget(SlideKeys.of(slide).slide, "owner")
    return token


def let_owner_time_pass(client: redis.Redis, slide: str) -> None:
    """Make a dead capture one that has been dead for long."""
    key = SlideKeys.of(slide).slide
    if client.hexists(key, "owner"):
        client.hset(key, "owner_seen_ms", 0)


def _hash(client: redis.Redis, key: str) -> dict[bytes, bytes]:
    return dict(client.hgetall(key))


def _is_count(key: str) -> bool:
    return key in COUNTS or key.startswith(("frames_", "not_cells:"))


def _lasting(record: bytes) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(record)
    known.pop("captured_at", None)
    return known


def _numbers(bits: bytes | None) -> frozenset[int]:
    set_bits = np.flatnonzero(np.unpackbits(np.frombuffer(bits or b"", np.uint8)))
    return frozenset(set_bits.tolist())


def _flagged(scores: dict[bytes, NDArray[np.float32]], threshold: float) -> int:
    return sum(int((one.astype(np.float64) >= threshold).sum()) for one in scores.values())


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 160 else f"{text[:160]}..."
