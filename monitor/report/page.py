"""Lays a report out as one HTML page that needs nothing else."""

import base64
from collections.abc import Sequence
from importlib import resources

import cv2
import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from numpy.typing import NDArray

from monitor.report.chart import draw_histogram
from monitor.report.content import Report
from monitor.store import KeptCell

TEMPLATE = "report.html.j2"
CROP_PX = 64
JPEG_QUALITY = 88


def render_page(
    report: Report, cells: Sequence[KeptCell], slide_map: NDArray[np.uint8] | None
) -> str:
    """Lay out a report; every word of it that comes from outside is escaped.

    Parameters
    ----------
    report
        What it says.
    cells
        Its flagged cells, in the same order, with their crops.
    slide_map
        (h, w, 3) uint8, RGB; None: the slide has none.

    Raises
    ------
    PlotsError
        matplotlib is not installed.
    """
    environment = Environment(
        loader=PackageLoader("monitor.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"second": _second, "spaced": _spaced}
    counted = report.histogram
    chart = None if counted is None else draw_histogram(counted, report.summary.threshold)
    return environment.get_template(TEMPLATE).render(
        report=report,
        summary=report.summary,
        decision=report.summary.decision,
        style=Markup(_style()),  # noqa: S704 - our own file
        cells=list(zip(report.flagged, map(_shown, cells), strict=True)),
        chart=None if chart is None else _data_uri("image/svg+xml", chart),
        slide_map=None if slide_map is None else _data_uri("image/jpeg", _jpeg(slide_map)),
    )


def _style() -> str:
    return (resources.files("monitor.report") / "templates" / "report.css").read_text("utf-8")


def _shown(cell: KeptCell) -> dict[str, str | None]:
    """Give a cell's picture, and where its worst box lies on it as CSS."""
    done, png = cv2.imencode(".png", cell.crop[..., ::-1])
    if not done:
        raise ValueError(f"crop of shape {cell.crop.shape} cannot be written as PNG")
    return {"picture": _data_uri("image/png", png.tobytes()), "box": _box_style(cell)}


def _box_style(cell: KeptCell) -> str | None:
    if cell.worst_box is None:
        return None
    top, left, bottom, right = (100 * edge / CROP_PX for edge in cell.worst_box)
    return f"top:{top:.2f}%;left:{left:.2f}%;width:{right - left:.2f}%;height:{bottom - top:.2f}%"


def _jpeg(picture: NDArray[np.uint8]) -> bytes:
    quality = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    done, data = cv2.imencode(".jpg", picture[..., ::-1], quality)
    if not done:
        raise ValueError(f"picture of shape {picture.shape} cannot be written as JPEG")
    return data.tobytes()


def _data_uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _second(iso: str | None) -> str:
    return "" if iso is None else f"{iso[:19].replace('T', ' ')} UTC"


def _spaced(word: str) -> str:
    """Make words of a key."""
    return word.removeprefix("frames_").replace(":", ": ").replace("_", " ")
