"""Reaching the store, and beginning a slide in it."""

import secrets
from datetime import datetime
from types import TracebackType
from typing import Self

from config.settings import StoreSettings
from monitor.store import embedded
from monitor.store.client import Client, Word
from monitor.store.clock import now_iso
from monitor.store.errors import SlideDiffers, SlideExists, SlideTaken, StoreError, StoreRefused
from monitor.store.keys import LAYOUT, SLIDES, SlideKeys, check_slide_id
from monitor.store.records import BeginMode, SlideInfo
from monitor.store.writer import OWNER_LIVING_MS, SlideWriter

OLDEST = (6, 2)

LAYOUT_VERSION = 1
"""Of the keys and scripts; a store without one was written before it was kept, in this layout."""


class Store:
    """A connection to the store; close it, or use it as a context manager.

    Safe to use from several threads. Its methods and all queries raise ``StoreUnavailable``
    where the server does not answer or cannot write.

    Attributes
    ----------
    client
        Talks to the server.
    settings
        The store's settings.
    """

    def __init__(self, client: Client, settings: StoreSettings) -> None:
        self.client = client
        self.settings = settings

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections; the server goes on."""
        self.client.close()

    def revive(self) -> None:
        """Start the embedded server again if it has died; a server of others is left alone.

        Raises
        ------
        StoreUnavailable
            It does not start.
        """
        if self.settings.url is None:
            embedded.start(self.settings)

    def begin(self, slide_id: str, info: SlideInfo, mode: BeginMode) -> SlideWriter:
        """Begin a slide, or go on with one, and own it from now on.

        Parameters
        ----------
        slide_id
            Id of the slide.
        info
            What it is counted from and with.
        mode
            ``new``: it must not exist. ``resume``: go on with it, or begin it. ``replace``:
            delete it first.

        Raises
        ------
        SlideExists
            ``new``, and it exists.
        SlideDiffers
            ``resume``, and it was begun with another source, model or threshold.
        SlideTaken
            Another living capture owns it.
        """
        token = secrets.token_hex(16)
        writer = SlideWriter(self.client, self.settings, check_slide_id(slide_id), info, token)
        # Listed first: a slide that is listed but not begun is passed over by queries, whereas
        # one that is begun but not listed would be lost.
        self.client.ask("ZADD", SLIDES, "NX", 0, slide_id)
        self.client.ask("SET", LAYOUT, LAYOUT_VERSION, "NX")
        check_layout(self.client.ask("GET", LAYOUT), self.client.server)
        keys = SlideKeys.of(slide_id)
        _refuse(self.client.run("begin", keys, self._begin_arguments(writer, mode)), writer)
        self.list_slide(slide_id)
        if info.live:
            writer.book_lost()
        return writer

    def _begin_arguments(self, writer: SlideWriter, mode: BeginMode) -> list[Word]:
        fields = [value for pair in _slide_fields(writer.info).items() for value in pair]
        most = self.settings.max_events
        return [mode, writer.token, OWNER_LIVING_MS, most, now_iso(), *fields]

    def list_slide(self, slide_id: str) -> None:
        """List a slide, where there is one, by the time at which it was begun."""
        started_at = self.client.ask("HGET", SlideKeys.of(slide_id).slide, "started_at")
        if started_at is not None:
            score = datetime.fromisoformat(started_at.decode()).timestamp()
            self.client.ask("ZADD", SLIDES, score, slide_id)


def connect(settings: StoreSettings) -> Store:
    """Reach the store that the settings name; the embedded server is started where it is ours.

    Raises
    ------
    UsageError
        The URL is not a Redis URL.
    StoreUnavailable
        The server does not answer.
    StoreRefused
        The server refuses us or is too old, or a newer smearwatch has written to it.
    """
    client = Client(settings.url if settings.url is not None else embedded.start(settings))
    try:
        check_version(client.ask("INFO", "server")["redis_version"], client.server)
        check_layout(client.ask("GET", LAYOUT), client.server)
    except BaseException:
        client.close()
        raise
    return Store(client, settings)


def check_version(version: str, server: str) -> None:
    """Refuse a server that is too old.

    Raises
    ------
    StoreRefused
        It is older than Redis 6.2.
    """
    numbers = tuple(int(part) for part in str(version).split(".")[:2])
    if numbers < OLDEST:
        raise StoreRefused(f"the store at {server} is Redis {version}: 6.2 or newer is needed")


def check_layout(found: bytes | None, server: str) -> None:
    """Refuse a store whose layout is not ours; None: nothing was written yet.

    Raises
    ------
    StoreRefused
        A newer smearwatch has written to it.
    """
    if found is not None and found != str(LAYOUT_VERSION).encode():
        raise StoreRefused(
            f"the store at {server} has layout {found.decode(errors='replace')}, this smearwatch "
            f"knows {LAYOUT_VERSION}: update it, or use another store"
        )


def exists_text(slide: str) -> str:
    """Say that a slide exists, and what can be done."""
    return (
        f"slide {slide} exists: go on with --resume, start anew with --replace, "
        "or choose another slide id"
    )


def _slide_fields(info: SlideInfo) -> dict[str, str | int]:
    return {
        "source": info.source,
        "source_kind": info.source_kind,
        "simulated": int(info.simulated),
        "live": int(info.live),
        "repeats": int(info.repeats),
        "frames_total": "" if info.frames_total is None else info.frames_total,
        "model_id": info.model_id,
        "threshold": repr(info.threshold),
        "software_version": info.software_version,
    }


def _refuse(reply: list[bytes], writer: SlideWriter) -> None:
    slide = writer.slide
    match [part.decode() for part in reply]:
        case ["ok"]:
            return
        case ["taken"]:
            raise SlideTaken(
                f"slide {slide} is being counted by another capture: stop that one first "
                f"(one that was killed lets go after {OWNER_LIVING_MS // 1000} s)"
            )
        case ["exists"]:
            raise SlideExists(exists_text(slide))
        case ["differs", field, was]:
            raise SlideDiffers(
                f"slide {slide} was begun with {field} {was}, not "
                f"{_slide_fields(writer.info)[field]}: resume it with the former, "
                "start anew with --replace, or choose another slide id"
            )
        case answer:
            raise StoreError(f"slide {slide}: the store gives an unknown answer, {answer}")
