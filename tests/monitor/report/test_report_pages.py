"""A report as a person sees it: HTML and PDF."""

import importlib
import re
import sys
from html.parser import HTMLParser

import pytest
from pypdf import PdfReader

from config import SmearwatchError
from monitor.report.gather import gather
from monitor.report.page import render_page
from monitor.report.pdf import PdfError, print_page
from monitor.store import SlideInfo

NEEDS_OUTSIDE = re.compile(r"""(?:src|href)=["'](?!data:)|@import|url\((?!["']?data:)""")


class Words(HTMLParser):
    """The text of a page, and the tags in it."""

    def __init__(self):
        super().__init__()
        self.text, self.tags = "", []

    def handle_data(self, data):
        self.text += data

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


@pytest.fixture
def page(slide, run, tmp_path):
    out = tmp_path / "r.html"
    result = run("report", "a", "-o", out)
    assert result.exit_code == 0, result.output
    return out.read_text("utf-8")


def words(page):
    read = Words()
    read.feed(page)
    return read


def test_the_page_says_all_that_the_summary_says(page):
    text = " ".join(words(page).text.split())
    for said in (
        *("Slide a", "rtsp://lab:***@camera/<b>smear</b>", "180 red blood cells in 3 fields"),
        *("9 flagged; 3 without a score", "undecided", "Not a medical device"),
        *("parasites/ul", "limit of detection", "Wilson", "smearwatch 0.1.0", "draem"),
        *("median 6.00, from 5.00 to 7.00", "rejected: blurred", "four.jpg", "6 platelet"),
        *("a spot stays at <u>one</u> place", "What it cannot do", "may contain repeats"),
        *("The 9 flagged cells", "None of these has been reviewed by a person"),
    ):
        assert said in text, said


def test_nothing_from_outside_becomes_markup(page):
    tags = {tag for tag, _ in words(page).tags}
    assert not tags & {"script", "i", "u"}
    assert "<script" not in page
    assert "default-src 'none'" in page


def test_the_page_needs_nothing_else_and_shows_every_picture(page):
    assert NEEDS_OUTSIDE.search(page) is None
    pictures = [given for tag, given in words(page).tags if tag == "img"]
    assert all(given["alt"] for given in pictures)
    kinds = [given["src"].partition(";")[0] for given in pictures]
    assert kinds.count("data:image/png") == 9
    assert kinds.count("data:image/svg+xml") == kinds.count("data:image/jpeg") == 1
    boxes = [given for tag, given in words(page).tags if given.get("class") == "box"]
    assert boxes[0]["style"] == "top:15.62%;left:18.75%;width:25.00%;height:25.00%"


@pytest.fixture
def printer():
    """The system's Pango, which WeasyPrint prints with."""
    try:
        importlib.import_module("weasyprint")
    except OSError as error:
        pytest.skip(f"WeasyPrint needs Pango: {error}")


def test_every_page_of_the_pdf_says_that_it_is_no_medical_device(slide, run, tmp_path, printer):
    out = tmp_path / "r.pdf"
    result = run("report", "a", "-o", out)
    assert result.exit_code == 0, result.output
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(out).pages]
    assert len(pages) > 1
    for number, text in enumerate(pages, 1):
        assert "NOT A MEDICAL DEVICE" in text
        assert f"page {number} of {len(pages)}" in text
    box = PdfReader(out).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)


def test_reviews_are_shown_beside_their_cells_and_counted(slide, settings):
    report, cells = gather(slide, "a", settings, at_most=5)
    first = report.flagged[0].cell
    reviews = {(first.field, first.cell): "confirmed", (99, 0): "rejected"}
    report, cells = gather(slide, "a", settings, at_most=5, reviews=reviews)
    assert [one.review for one in report.flagged] == ["confirmed", None, None, None, None]
    assert report.reviewed == {"confirmed": 1}
    text = " ".join(words(render_page(report, cells, None)).text.split())
    assert "The 5 highest of the 9 flagged cells" in text
    assert "Reviewed: 1 confirmed of these" in text


def test_at_another_threshold_fewer_cells_are_flagged_and_shown(slide, settings):
    report, cells = gather(slide, "a", settings, threshold=5.0, at_most=60)
    assert report.summary.flagged == len(cells) == 3
    assert all(cell.score >= 5 for cell in cells)
    counted = report.histogram
    above = [n for n, edge in zip(counted.cells, counted.edges, strict=False) if edge >= 5]
    assert sum(above) == 3
    assert sum(counted.cells) == 177
    assert 5.0 in counted.edges


def test_a_slide_without_cells_has_a_report(store, run, tmp_path, settings):

    writer = store.begin(
        "empty",
        SlideInfo("/x", "images", True, False, False, 0, "none-000000000000", 1.0, "0"),
        "new",
    )
    writer.finish("ended")
    out = tmp_path / "e.html"
    result = run("report", "empty", "-o", out)
    assert result.exit_code == 0, result.output
    text = words(out.read_text("utf-8")).text
    assert "SIMULATED" in text
    assert "is not at hand" in text


def test_a_page_that_needs_something_from_outside_is_not_printed(tmp_path, printer):
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"x")
    with pytest.raises(PdfError, match="cannot be printed"):
        print_page(f'<img src="{secret.as_uri()}">')


def test_bad_input_is_refused_in_one_line_and_nothing_is_written(slide, run, tmp_path, monkeypatch):
    mine = tmp_path / "mine.html"
    mine.write_text("mine")
    for words_, said in (
        (("aa", "-o", tmp_path / "x.html"), "no slide aa; did you mean a?"),
        (("a", "-o", mine), "exists: overwrite it with --force"),
        (("a", "-o", tmp_path / "x.doc"), "end it in .html, .pdf, .json or .fhir.json"),
        (("a", "-o", tmp_path / "no" / "x.json"), "cannot be written"),
        (("a",), "name the report with -o"),
    ):
        result = run("report", *words_)
        assert isinstance(result.exception, SmearwatchError), result.output
        assert said in str(result.exception)
        assert "\n" not in str(result.exception)
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    result = run("report", "a", "-o", tmp_path / "x.pdf")
    assert "pip install 'smearwatch[report]'" in str(result.exception)
    assert [one.name for one in tmp_path.iterdir()] == ["mine.html"]
    assert mine.read_text() == "mine"
