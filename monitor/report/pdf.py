"""Prints a report's page as PDF."""

import logging

from config import SmearwatchError


class PdfError(SmearwatchError):
    """The page cannot be printed."""


class PrinterMissingError(PdfError):
    """What prints pages is an extra, and not installed."""


def print_page(page: str) -> bytes:
    """Print an HTML page on A4; nothing but what is in the page is read.

    Raises
    ------
    PrinterMissingError
        WeasyPrint is not installed, or misses the system's Pango.
    PdfError
        The page needs something from outside.
    """
    # Before it is loaded, which it tells of already.
    for talkative in ("weasyprint", "weasyprint.progress", "fontTools"):
        logging.getLogger(talkative).setLevel(logging.ERROR)
    try:
        from weasyprint import HTML  # noqa: PLC0415 - an extra
        from weasyprint.urls import FatalURLFetchingError, URLFetcher  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise PrinterMissingError(
            "a PDF needs WeasyPrint: pip install 'smearwatch[report]', or write it as .html "
            "and print that from a browser"
        ) from error
    except OSError as error:
        raise PrinterMissingError(
            "a PDF needs the system's Pango library, which is missing: apt-get install "
            "libpangoft2-1.0-0, or write it as .html and print that from a browser"
        ) from error
    within = URLFetcher(allowed_protocols=("data",), fail_on_errors=True)
    try:
        printed = HTML(string=page, url_fetcher=within).write_pdf()
    except FatalURLFetchingError as error:
        raise PdfError(f"the report cannot be printed: {error}") from error
    return bytes(printed)
