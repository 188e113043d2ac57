"""A log in JSON: one object a line, its secrets hidden, a child's objects not put into others."""

import io
import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.json_logs import JsonFormatter, line_of_child


def lines_of(log, process: str = "capture") -> list[str]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter(process))
    logger = logging.Logger("monitor.a")
    logger.addHandler(handler)
    log(logger)
    return stream.getvalue().splitlines()


def test_a_record_is_one_object_with_its_time_level_process_logger_and_text():
    (line,) = lines_of(lambda log: log.warning("worker %s is gone", "a\n\x1b[2J\u202eb"))
    told = json.loads(line)
    assert told["text"] == "worker a\n\x1b[2J\u202eb is gone"
    assert (told["level"], told["process"], told["logger"]) == ("warning", "capture", "monitor.a")
    assert isinstance(told["pid"], int)
    assert told["time"].endswith("Z")
    age = datetime.now(UTC) - datetime.fromisoformat(told["time"])
    assert timedelta(0) <= age < timedelta(minutes=2)
    assert line.isascii()
    assert line.isprintable()
    assert "traceback" not in told


def test_a_traceback_is_in_the_object_and_no_password_is():
    def log(logger: logging.Logger) -> None:
        try:
            int("rtsp://eve:s3cr3t@cam/x")
        except ValueError:
            logger.exception("lost rtsp://eve:s3cr3t@cam/x")

    (line,) = lines_of(log)
    assert "s3cr3t" not in line
    told = json.loads(line)
    assert told["text"] == "lost rtsp://eve:***@cam/x"
    assert "Traceback" in told["traceback"]
    assert "eve:***@cam/x" in told["traceback"]


def test_an_object_of_a_child_stays_one_and_takes_its_name():
    (line,) = lines_of(lambda log: log.info("at rtsp://cam/x?token=s3cr3t"), "worker")
    passed = json.loads(line_of_child("worker 2")(line))
    assert passed == json.loads(line) | {"process": "worker 2"}


@pytest.mark.parametrize("text", ["[ WARN] libfoo: rtsp://eve:s3cr3t@cam/x", "", "{}", "[1]", "7"])
def test_what_else_a_child_writes_becomes_the_text_of_an_object(text: str):
    told = json.loads(line_of_child("capture")(text))
    assert told["text"] == text.replace("s3cr3t", "***")
    assert (told["process"], told["logger"]) == ("capture", "stderr")


@given(st.text())
def test_whatever_a_child_writes_one_line_of_json_is_passed_on(text: str):
    line = line_of_child("capture")(text)
    assert len(line.splitlines()) == 1
    assert isinstance(json.loads(line), dict)


def test_an_object_that_looks_like_ours_tells_no_password():
    forged = {"time": "t", "level": "info", "process": "x", "text": "http://a:s3cr3t@b/"}
    line = line_of_child("capture")(json.dumps(forged | {"more": ["http://a:s3cr3t@b/"]}))
    assert "s3cr3t" not in line
