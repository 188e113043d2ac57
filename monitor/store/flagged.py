"""Reads back the cells that a slide keeps with their crops: flagged ones, and random ones."""

import struct
from dataclasses import dataclass

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from monitor.store.connection import Store
from monitor.store.errors import StoreError
from monitor.store.keys import SlideKeys
from monitor.store.records import Box, FlaggedCell
from workers.messages import CROP_SHAPE

PNG_SIZE_AT = 16

_decoder = msgspec.msgpack.Decoder(FlaggedCell)


@dataclass(frozen=True, slots=True)
class KeptCell:
    """A cell that the store keeps with its crop.

    Attributes
    ----------
    field, cell
        Number of its frame, and its place among the cells of it, from 0.
    box
        (top, left, bottom, right), half-open, in pixels of the frame.
    worst_box
        The region that looks worst, as ``box`` but in pixels of the crop; None: not known.
    score
        Anomaly score, higher is worse; NaN: without a score.
    place
        Number of the part of the slide map, and (row, column) of the cell's middle there, in
        pixels of a frame; None: not known.
    crop
        (64, 64, 3) uint8, RGB.
    """

    field: int
    cell: int
    box: Box
    worst_box: Box | None
    score: float
    place: tuple[int, float, float] | None
    crop: NDArray[np.uint8]


def flagged_cells(store: Store, slide_id: str, at_most: int) -> list[KeptCell]:
    """Give the kept flagged cells with the highest scores, in descending order.

    Parameters
    ----------
    store, slide_id
        Where they are; of a slide that is not there, none.
    at_most
        How many, > 0.

    Raises
    ------
    StoreError
        A record cannot be read.
    """
    keys = SlideKeys.of(slide_id)
    members = store.client.ask("ZREVRANGE", keys.flagged, 0, at_most - 1)
    return _cells(store, slide_id, keys.flagged_cells, members)


def sampled_cells(store: Store, slide_id: str) -> list[KeptCell]:
    """Give the cells that the slide keeps by chance, flagged or not, in the order of the draw.

    The first few of them are a simple random sample of the slide's cells, too. A cell without a
    score has NaN.

    Raises
    ------
    StoreError
        A record cannot be read.
    """
    keys = SlideKeys.of(slide_id)
    members = store.client.ask("ZRANGE", keys.sampled, 0, -1)
    return _cells(store, slide_id, keys.sampled_cells, members)


def sampled_places(store: Store, slide_id: str) -> list[tuple[int, int]]:
    """Give frame and place of the cells of :func:`sampled_cells`, in the same order."""
    members = store.client.ask("ZRANGE", SlideKeys.of(slide_id).sampled, 0, -1)
    return [(int(field), int(cell)) for field, _, cell in (one.partition(b":") for one in members)]


def _cells(store: Store, slide_id: str, key: str, members: list[bytes]) -> list[KeptCell]:
    if not members:
        return []
    records = store.client.ask("HMGET", key, *members)
    # One that is gone by now has given way to another.
    pairs = zip(members, records, strict=True)
    return [_kept(slide_id, member.decode(), data) for member, data in pairs if data is not None]


def worst_box_of(data: bytes) -> Box | None:
    """Take the worst region from a record of ``flagged_cells``; None: not known."""
    return _decoder.decode(data).worst_box


def _kept(slide_id: str, member: str, data: bytes) -> KeptCell:
    field, _, cell = member.partition(":")
    try:
        record = _decoder.decode(data)
        crop = _crop(record.png)
    except (msgspec.DecodeError, cv2.error, struct.error) as error:
        raise StoreError(
            f"slide {slide_id}: cell {member} cannot be read ({error}): count it anew"
        ) from error
    known = record.box, record.worst_box, record.score, record.place
    return KeptCell(int(field), int(cell), *known, crop)


def _crop(png: bytes) -> NDArray[np.uint8]:
    if struct.unpack_from(">II", png, PNG_SIZE_AT) != CROP_SHAPE[:2]:
        raise msgspec.DecodeError("its picture is none of a crop")
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise msgspec.DecodeError("its picture is no PNG")
    return np.asarray(picture[..., ::-1], np.uint8)
