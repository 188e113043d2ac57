"""Whatever is given as a source is opened or refused in one line, and never looked for elsewhere.

Streams are tried at a closed port of this machine alone, and GenICam's cameras, which are looked
for in the network, not at all.
"""

import os
from pathlib import Path

import cv2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config import SmearwatchError, load
from monitor.sources import SourceError, open_source
from monitor.sources.laboratory import GenicamSource
from monitor.sources.simulated.options import MicroscopeOptions, options_from_uri

ODD = st.text("aZ09/\\.:?&=%#@~-_ \0\n\r\t\x1b\u202eé画\ud800", max_size=40)
SCHEMES = st.sampled_from(
    [
        "",
        "simulated:",
        "simulated:?",
        "camera:",
        "camera:/dev/",
        "watch:",
        "watch:/",
        "file:",
        "micromanager:",
        "camra:",
        "C:",
        "a:b:",
        "//",
        "~",
        "~nobody/",
        "data:",
        "concat:",
        "pipe:",
    ]
)
KEYS = st.sampled_from([*MicroscopeOptions.model_fields, "sede", ""])
VALUES = ODD | st.integers().map(str) | st.floats().map(str)


@pytest.fixture(scope="module")
def loaded():
    before = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    yield load(environ={}, overrides={"source.open_timeout_s": 0.5})
    cv2.utils.logging.setLogLevel(before)


def open_or_refuse(uri: str, loaded) -> None:
    try:
        open_source(uri, loaded).close()
    except SourceError as error:
        assert str(error)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(uri=st.builds(str.__add__, SCHEMES, ODD).filter(lambda uri: uri != "micromanager:demo"))
def test_any_text_is_opened_or_refused(uri: str, loaded):
    open_or_refuse(uri, loaded)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(KEYS, VALUES), max_size=4))
def test_the_virtual_microscope_takes_what_it_can_paint(pairs: list[tuple[str, str]]):
    uri = "simulated:?" + "&".join(f"{key}={value}" for key, value in pairs)
    try:
        options = options_from_uri(uri)
    except SourceError as error:
        assert str(error)
    else:
        assert options.width * options.height <= 8192**2


@pytest.mark.parametrize(
    "uri",
    [
        "simulated:?motion=walk&frames=" + "9" * 30,
        "simulated:?fields=" + "9" * 5000,
        "simulated:?diameter=1e999",
        "simulated:?width=-1",
        "camera:-1",
        "camera:" + "9" * 5000,
        "camera:/dev/\0",
        "watch:\0",
        "watch:/dev/null",
        "micromanager:/dev/zero\0",
        "/dev/zero",
        "\ud800",
    ],
)
def test_what_would_break_a_driver_is_refused(uri: str, loaded):
    with pytest.raises(SmearwatchError):
        open_source(uri, loaded)


STREAMS = ["rtsp://127.0.0.1:1/", "http://127.0.0.1:1/?", "http://[::1]:1/", "rtsps://127.0.0.1:1/"]


@settings(max_examples=8, deadline=None)
@given(st.sampled_from(STREAMS), ODD.map(lambda text: text.replace("@", "")))
def test_a_stream_that_nobody_sends_is_refused_without_its_password(address: str, path: str):
    loaded = load(environ={}, overrides={"source.open_timeout_s": 0.5})
    scheme, _, rest = address.partition("//")
    with pytest.raises(SourceError) as caught:
        open_source(f"{scheme}//eve:s3cr3t@{rest}{path}", loaded)
    assert "s3cr3t" not in str(caught.value)


@given(ODD)
def test_genicam_ids_are_told_from_other_kinds(name: str):
    assert GenicamSource.match(f"genicam:{name}")
    assert not GenicamSource.match(f"genicamera:{name}")


def test_a_video_whose_name_is_no_text_is_refused_and_ends_nothing(tmp_path, loaded):
    path = os.fsencode(tmp_path) + b"/caf\xe9.mp4"
    Path(os.fsdecode(path)).write_bytes(b"x")
    with pytest.raises(SourceError, match=r"caf\\xe9.mp4 cannot be opened: its name is not UTF-8"):
        open_source(os.fsdecode(path), loaded)
