"""Writes the cells of a slide as annotations: COCO for training tools, GeoJSON for QuPath."""

from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import IO, Any

import msgspec

from monitor.export import CellRow
from monitor.store import FrameRecord
from monitor.whole_folder import safe_name

CELL, FLAGGED = 1, 2
CATEGORIES = [
    {"id": CELL, "name": "red blood cell", "supercategory": "cell"},
    {"id": FLAGGED, "name": "flagged red blood cell", "supercategory": "cell"},
]
COLOURS = {CELL: [60, 140, 70], FLAGGED: [200, 30, 30]}


def write_coco(
    info: Mapping[str, object],
    frames: Mapping[int, FrameRecord],
    fields: Iterable[Iterable[CellRow]],
    stream: IO[bytes],
) -> None:
    """Write COCO object detections, field by field, so that memory does not grow with the slide.

    Parameters
    ----------
    info
        What to say of the slide.
    frames
        Records by frame number; the image id of a frame is its number.
    fields
        Cells. ``bbox`` is (left, top, width, height) in pixels of the frame; ``score`` is left
        out where the cell has none.
    stream
        Where to.
    """
    images = [
        {
            "id": number,
            "file_name": record.name or str(number),
            "height": record.shape[0],
            "width": record.shape[1],
        }
        for number, record in frames.items()
        if record.outcome == "counted" and record.shape is not None
    ]
    head = {"info": info, "licenses": [], "categories": CATEGORIES, "images": images}
    stream.write(msgspec.json.encode(head)[:-1] + b',"annotations":[')
    separator = b"\n"
    for number, row in enumerate(chain.from_iterable(fields), 1):
        stream.write(separator + msgspec.json.encode(_annotation(number, row)))
        separator = b",\n"
    stream.write(b"\n]}\n")


def write_geojson(fields: Iterable[Iterable[CellRow]], folder: Path) -> int:
    """Write a GeoJSON file a field, in pixels of its frame, as QuPath reads it; how many.

    Parameters
    ----------
    fields
        Cells. QuPath shows them as detections with their score as a measurement.
    folder
        Where to; files are called ``FRAME-NAME.geojson``.
    """
    files = 0
    for field in fields:
        rows = list(field)
        if rows:
            name = f"{rows[0].field}-{safe_name(rows[0].name)}.geojson"
            features = [_feature(row) for row in rows]
            collection = {"type": "FeatureCollection", "features": features}
            (folder / name).write_bytes(msgspec.json.encode(collection) + b"\n")
            files += 1
    return files


def _annotation(number: int, row: CellRow) -> dict[str, Any]:
    height, width = row.bottom - row.top, row.right - row.left
    annotation = {
        "id": number,
        "image_id": row.field,
        "category_id": FLAGGED if row.flagged else CELL,
        "bbox": [row.left, row.top, width, height],
        "area": width * height,
        "iscrowd": 0,
    }
    return annotation if row.score is None else annotation | {"score": row.score}


def _feature(row: CellRow) -> dict[str, Any]:
    category = FLAGGED if row.flagged else CELL
    top, left, bottom, right = row.top, row.left, row.bottom, row.right
    ring = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {
            "objectType": "detection",
            "name": f"{row.field}:{row.cell}",
            "classification": {
                "name": CATEGORIES[category - 1]["name"],
                "color": COLOURS[category],
            },
            "measurements": {} if row.score is None else {"score": row.score},
        },
    }
