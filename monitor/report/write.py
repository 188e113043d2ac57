"""Writes a report in the form that its file's name asks for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from config import UsageError
from monitor.report.content import Report
from monitor.store import KeptCell

ReportForm = Literal["html", "pdf", "json", "fhir"]
ENDINGS: dict[str, ReportForm] = {
    ".fhir.json": "fhir",
    ".json": "json",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
}


def form_of(output: Path) -> ReportForm:
    """Say what a file of this name is to hold.

    Raises
    ------
    UsageError
        Its ending is none of ours.
    """
    name = output.name.lower()
    for ending, form in ENDINGS.items():
        if name.endswith(ending):
            return form
    raise UsageError(
        f"{output} is no report by its name: end it in .html, .pdf, .json or .fhir.json"
    )


def write_report(
    report: Report,
    cells: Sequence[KeptCell],
    slide_map: NDArray[np.uint8] | None,
    form: ReportForm,
) -> bytes:
    """Give a report as the bytes of a file.

    Parameters
    ----------
    report, cells
        From :func:`monitor.report.gather.gather`.
    slide_map
        (h, w, 3) uint8, RGB, shown on pages; None: the slide has none.
    form
        Of the file.

    Raises
    ------
    PlotsError, PdfError
        The form needs a package that is not installed.
    """
    # Not before it is needed: pages take a moment to load.
    from monitor.report.fhir import fhir_bundle  # noqa: PLC0415
    from monitor.report.page import render_page  # noqa: PLC0415
    from monitor.report.pdf import print_page  # noqa: PLC0415

    if form == "json":
        return _indented(msgspec.json.encode(report))
    if form == "fhir":
        return _indented(msgspec.json.encode(fhir_bundle(report)))
    page = render_page(report, cells, slide_map)
    return print_page(page) if form == "pdf" else page.encode()


def _indented(data: bytes) -> bytes:
    return msgspec.json.format(data, indent=2) + b"\n"
