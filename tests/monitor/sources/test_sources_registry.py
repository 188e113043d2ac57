"""Which source a URI opens, and what is said of one that none opens."""

import cv2
import numpy as np
import pytest

from config import load
from monitor.sources import SourceError, open_source
from monitor.sources.registry import _kinds


@pytest.fixture
def settings():
    return load(environ={})


def refusal(uri, settings):
    with pytest.raises(SourceError) as caught:
        open_source(str(uri), settings)
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("camera:0", "camera"),
        ("Camera:x", "camera"),
        ("camera:/dev/v4l/by-id/scope", "camera"),
        ("micromanager:scope.cfg", "micromanager"),
        ("genicam:", "genicam"),
        ("rtsp://host/a", "stream"),
        ("HTTP://host/a", "stream"),
        ("https://host/a.mp4", "stream"),
        ("watch:/anywhere", "watch"),
    ],
)
def test_exactly_one_kind_takes_a_uri(uri, kind):
    assert [name for name, source in _kinds().items() if source.match(uri)] == [kind]


def test_an_unknown_scheme_gets_the_nearest_and_the_known_ones(settings):
    text = refusal("camra:0", settings)
    assert "did you mean camera:N?" in text
    for known in (
        "rtsp://...",
        "micromanager:CONFIG",
        "genicam:ID",
        "watch:FOLDER",
        "a folder of images",
        "a video file",
    ):
        assert known in text


def test_a_missing_path_gets_the_nearest_name_beside_it(tmp_path, settings):
    (tmp_path / "slide-12").mkdir()
    text = refusal(tmp_path / "slide-21", settings)
    assert text == f"{tmp_path}/slide-21 does not exist; there is {tmp_path}/slide-12"


def test_a_missing_path_far_from_any_other_is_named(tmp_path, settings):
    assert refusal(tmp_path / "q" / "z", settings).endswith("z does not exist; check the path")


@pytest.mark.parametrize("uri", ["x" * 5000, "nul\0byte"])
def test_what_cannot_be_a_path_is_refused_in_words(uri, settings):
    assert "does not exist" in refusal(uri, settings)


def test_nothing_is_no_source(settings):
    assert refusal("", settings) == "the source is empty; give a path or a URI"


def test_a_file_of_another_kind_is_refused(tmp_path, settings):
    (tmp_path / "a.txt").write_text("x")
    assert "no kind of file that can be counted" in refusal(tmp_path / "a.txt", settings)


def test_a_folder_whose_name_looks_like_a_uri_is_a_folder(tmp_path, settings, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "day:3").mkdir()
    cv2.imwrite(str(tmp_path / "day:3" / "a.png"), np.zeros((40, 40), np.uint8))
    assert open_source("day:3", settings).names == ["a.png"]


@pytest.mark.parametrize(
    "uri",
    [
        "rtps://eve:s3cr3t@cam/x",
        "eve:s3cr3t@cam/x",
        "//eve:s3cr3t@cam/x",
        "rtsp:/eve:s3cr3t@cam/x",
        "htp://cam/x?password=s3cr3t",
    ],
)
def test_a_password_in_an_address_that_nothing_opens_is_hidden(uri, settings):
    assert "s3cr3t" not in refusal(uri, settings)


@pytest.mark.parametrize("uri", ["camera:256", "camera:" + "9" * 5000])
def test_a_camera_number_that_no_driver_takes_is_refused(uri, settings):
    assert "numbered from 0 to 255" in refusal(uri, settings)
