"""What comes from outside stays on its line of the log and steers no terminal."""

import io
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.logs import FORMAT, PlainFormatter
from config.printable import printable


@given(st.text())
def test_what_is_printable_is_one_line_without_controls(text: str):
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in shown)
    assert printable(shown) == shown


@pytest.mark.parametrize("text", ["slide 1/é.png", "画像 5", "عينة", "a\u200cb", "x\u202fy"])
def test_names_of_any_language_stay(text: str):
    assert printable(text) == text


def test_what_turns_the_direction_of_writing_is_named():
    assert printable("a\u202egnp.exe") == r"a\u202egnp.exe"


def lines_of(log) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlainFormatter(FORMAT))
    logger = logging.Logger("a")
    logger.addHandler(handler)
    log(logger)
    return stream.getvalue()


def test_a_record_stays_on_its_line():
    text = lines_of(lambda log: log.warning("worker %s", "a\n00:00 INFO forged\x1b[2J"))
    assert text.endswith("worker a\\n00:00 INFO forged\\x1b[2J\n")
    assert text.count("\n") == 1


def test_a_log_has_no_password_in_its_words_or_tracebacks():
    def log(logger: logging.Logger) -> None:
        try:
            int("rtsp://eve:s3cr3t@cam/x")
        except ValueError:
            logger.exception("lost rtsp://eve:s3cr3t@cam/x")

    text = lines_of(log)
    assert "s3cr3t" not in text
    assert text.count("rtsp://eve:***@cam/x") >= 2
    assert "Traceback" in text
