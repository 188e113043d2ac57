"""Draws the map of a slide from what the store keeps."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.gate.pose import Pose
from monitor.slide_map import draw_map
from monitor.store import MapLayout, Store, field_cells, flagged_cells, frame_records, slide_map

MOST_RINGED = 2000


@dataclass(frozen=True, slots=True)
class StoredMap:
    """A slide map as it is shown.

    Attributes
    ----------
    picture
        (h, w, 3) uint8, RGB: the mosaic, density, and flagged cells ringed.
    layout
        What is where in it.
    fields
        How many fields have a place on it.
    """

    picture: NDArray[np.uint8]
    layout: MapLayout
    fields: int


def stored_map(store: Store, slide: str) -> StoredMap | None:
    """Draw a slide's map; None where it has none.

    Raises
    ------
    SlideNotFound
        There is no such slide.
    """
    drawn = slide_map(store, slide)
    if drawn is None:
        return None
    records = frame_records(store, slide)
    places = {number: record.place for number, record in records.items() if record.place}
    cells = [
        (place.part, Pose.at(place).to_slide((field.boxes[:, :2] + field.boxes[:, 2:]) / 2))
        for field in field_cells(store, slide)
        if (place := places.get(field.number)) is not None
    ]
    kept = flagged_cells(store, slide, MOST_RINGED)
    flagged = [(cell.place[0], np.array([cell.place[1:]])) for cell in kept if cell.place]
    return StoredMap(draw_map(drawn, cells, flagged), drawn.layout, len(places))
