"""Watches a slide while it is counted, as far as the store answers."""

import time
from contextlib import suppress
from typing import Any

import redis

from soak import slide as slides
from soak.crew import SLIDE
from soak.slide import Slide

REST_S = 0.3


class Watcher:
    """What is known of a slide from outside.

    Parameters
    ----------
    client
        Of its store; errors are taken for silence.

    Attributes
    ----------
    most_seen
        Frames that were seen when it was last looked at.
    acknowledged
        Records that stood in the store before a fault, by the frame's number.
    lost
        Numbers of the frames that were seen by captures that died and had no outcome then; None:
        the store was away when one of them died.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        self.most_seen = 0
        self.acknowledged: dict[int, dict[str, Any]] = {}
        self.lost: frozenset[int] | None = frozenset()

    def seen(self) -> int:
        """Frames seen so far, as far as is known."""
        with suppress(redis.RedisError):
            self.most_seen = slides.frames_seen(self._client, SLIDE)
        return self.most_seen

    def owner(self) -> bytes | None:
        """Token of the capture that owns the slide; None where the store does not say."""
        try:
            return slides.owner(self._client, SLIDE)
        except redis.RedisError:
            return None

    def let_owner_time_pass(self) -> None:
        """Make a dead capture one that has been dead for long."""
        with suppress(redis.RedisError):
            slides.let_owner_time_pass(self._client, SLIDE)

    def note_acknowledged(self) -> None:
        """Take note of all that is acknowledged now and must never go."""
        with suppress(redis.RedisError):
            self.acknowledged |= slides.fields_of(self._client, SLIDE)

    def note_lost(self) -> None:
        """Take note of the frames that a dead capture has left without an outcome."""
        try:
            lost = self._lost_at_rest()
        except redis.RedisError:
            self.lost = None
        else:
            self.lost = None if self.lost is None else self.lost | lost

    def _lost_at_rest(self) -> frozenset[int]:
        """Wait until the dead capture's last step, which may still be on its way, has arrived."""
        before = None
        while (lost := Slide.read(self._client, SLIDE).lost) != before:
            before = lost
            time.sleep(REST_S)
        return lost
