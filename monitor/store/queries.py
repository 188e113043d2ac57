"""What is asked of slides: their summaries, and new counts at another threshold."""

import difflib

import msgspec
import numpy as np
from numpy.typing import NDArray

from monitor.store.client import Word
from monitor.store.clock import clock_told, clock_words
from monitor.store.connection import Store, exists_text
from monitor.store.encode import decode_scores, looks_unhealthy
from monitor.store.errors import SlideExists, SlideNotFound
from monitor.store.keys import SLIDES, SlideKeys, is_slide_id
from monitor.store.readable import readable
from monitor.store.records import FrameRecord, MapLayout, MapPicture
from monitor.store.summarise import Summary, decoded, summary_of


def summary(store: Store, slide_id: str, threshold: float | None = None) -> Summary:
    """Summarise a slide.

    Parameters
    ----------
    store
        Where it is.
    slide_id
        Its id.
    threshold
        Count flagged cells at this threshold, exactly, instead of the slide's own.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    """
    keys = SlideKeys.of(slide_id)
    asked = _asked(keys)
    if threshold is not None:
        asked.append(["HVALS", keys.scores])
    stored, conditions, clock, *logs = store.client.ask_together(asked, atomic=True)
    if not stored:
        raise SlideNotFound(not_found_text(store, slide_id))
    with readable(slide_id):
        fields = decoded(stored)
        if threshold is not None:
            fields |= {"threshold": repr(threshold), "flagged": str(_flagged(logs[0], threshold))}
        return summary_of(slide_id, fields, decoded(conditions), clock_told(clock))


def slide_scores(store: Store, slide_id: str) -> NDArray[np.float32]:
    """Give the scores of all cells of a slide, (n,) float32, in no order; NaN: unscored."""
    logs = store.client.ask("HVALS", SlideKeys.of(slide_id).scores)
    with readable(slide_id):
        return decode_scores(b"".join(logs))


def scores_by_field(
    store: Store, slide_id: str, at_most: int | None = None
) -> list[NDArray[np.float32]]:
    """Give the scores of a slide field by field, in no order; NaN: unscored.

    Parameters
    ----------
    store, slide_id
        The slide.
    at_most
        So many fields drawn by chance, at a cost that does not grow with the slide; None: all.
    """
    key = SlideKeys.of(slide_id).scores
    if at_most is None:
        logs = store.client.ask("HVALS", key)
    else:
        logs = store.client.ask("HRANDFIELD", key, at_most, "WITHVALUES")[1::2]
    with readable(slide_id):
        return [decode_scores(log) for log in logs]


def field_scores(store: Store, slide_id: str) -> dict[int, NDArray[np.float32]]:
    """Give the scores of a slide by the numbers of its fields; NaN: unscored."""
    logs = store.client.ask("HGETALL", SlideKeys.of(slide_id).scores)
    return {int(number): decode_scores(log) for number, log in logs.items()}


def slides(store: Store) -> list[Summary]:
    """Summarise all slides, newest first."""
    ids = _ids(store)
    asked = [words for slide_id in ids for words in _asked(SlideKeys.of(slide_id))]
    told = iter(store.client.ask_together(asked, atomic=False) if asked else [])
    return [_listed(*one) for one in zip(ids, told, told, told, strict=True) if one[1]]


def _listed(
    slide_id: str,
    fields: dict[bytes, bytes],
    conditions: dict[bytes, bytes],
    clock: list[bytes],
) -> Summary:
    with readable(slide_id):
        return summary_of(slide_id, decoded(fields), decoded(conditions), clock_told(clock))


def _asked(keys: SlideKeys) -> list[list[Word]]:
    """Name what a summary is made of."""
    return [["HGETALL", keys.slide], ["HGETALL", keys.conditions], clock_words(keys.slide)]


def field_latencies(store: Store, slide_id: str) -> dict[int, float]:
    """Give how long fields took from the frame being taken to its count standing in Redis.

    Returns
    -------
    dict
        Seconds by frame number; of the fields that the slide still has events of.
    """
    keys = SlideKeys.of(slide_id)
    events = store.client.ask("XRANGE", keys.events, "-", "+")
    counted = {
        event[b"number"]: int(entry.split(b"-")[0]) / 1000
        for entry, event in events
        if event[b"kind"] == b"field"
    }
    if not counted:
        return {}
    records = store.client.ask("HMGET", keys.fields, *counted)
    taken = [msgspec.json.decode(record, type=FrameRecord).captured_at for record in records]
    return {
        int(number): max(at - since, 0.0)
        for (number, at), since in zip(counted.items(), taken, strict=True)
        if since is not None
    }


def live_status(store: Store, slide_id: str) -> dict[str, str]:
    """Give the live figures of a capture that counts now; empty where none does."""
    return decoded(store.client.ask("HGETALL", SlideKeys.of(slide_id).status))


def frame_records(store: Store, slide_id: str) -> dict[int, FrameRecord]:
    """Give the records of frames that were counted, failed or were rejected, in order."""
    stored = store.client.ask("HGETALL", SlideKeys.of(slide_id).fields)
    decoder = msgspec.json.Decoder(FrameRecord)
    with readable(slide_id):
        return {int(number): decoder.decode(stored[number]) for number in sorted(stored, key=int)}


def slide_map(store: Store, slide_id: str) -> MapPicture | None:
    """Give a slide's map as it was drawn last; None where it has none.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    """
    keys = SlideKeys.of(slide_id)
    asked: list[list[Word]] = [["EXISTS", keys.slide], ["HMGET", keys.map, "picture", "layout"]]
    exists, (picture, layout) = store.client.ask_together(asked, atomic=True)
    if not exists:
        raise SlideNotFound(not_found_text(store, slide_id))
    if picture is None or layout is None:
        return None
    return MapPicture(picture, msgspec.json.decode(layout, type=MapLayout))


def frame_names(store: Store, slide_id: str) -> dict[int, str]:
    """Give the names of the frames that have a record, in order."""
    records = frame_records(store, slide_id)
    return {number: record.name for number, record in records.items() if record.name is not None}


def last_owner(store: Store, slide_id: str) -> str | None:
    """Give the token of the capture that counts a slide or did so last; None where none has."""
    tokens = store.client.ask("HMGET", SlideKeys.of(slide_id).slide, "owner", "last_owner")
    return next((token.decode() for token in tokens if token is not None), None)


def refuse_existing(store: Store, slide_id: str) -> None:
    """Refuse a slide id that is taken.

    Raises
    ------
    SlideExists
        The slide exists.
    """
    if store.client.ask("EXISTS", SlideKeys.of(slide_id).slide):
        raise SlideExists(exists_text(slide_id))


def _ids(store: Store) -> list[str]:
    listed = store.client.ask("ZREVRANGE", SLIDES, 0, -1)
    return [slide_id.decode() for slide_id in listed if is_slide_id(slide_id)]


def not_found_text(store: Store, slide_id: str) -> str:
    """Say that there is no such slide, and what can be done."""
    ids = _ids(store)
    near = difflib.get_close_matches(slide_id, ids, n=3)
    if near:
        return f"there is no slide {slide_id}; did you mean {' or '.join(near)}?"
    hint = "see smearwatch slides" if ids else "none has been counted yet"
    return f"there is no slide {slide_id}; {hint}"


def _flagged(logs: list[bytes], threshold: float) -> int:
    return sum(
        int(np.count_nonzero(looks_unhealthy(decode_scores(log), threshold))) for log in logs
    )
