"""A slide's id is read from the code on its label, or nothing is read at all."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp

from config import load
from monitor.label_frames import LabelFrames
from monitor.labels import FIRST_FRAMES, LabelError, codes_in, slide_of_label
from monitor.sources import Frame, open_source

SETTINGS = load(environ={})
QR, BARS = zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128
PAPER, INK = 225, 40


def code(kind: zxingcpp.BarcodeFormat, text: str) -> np.ndarray:
    """A code with its quiet zone, grey."""
    made = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, kind), scale=3)
    grey = np.where(np.array(made) > 128, PAPER, INK).astype(np.uint8)
    return cv2.resize(grey, (grey.shape[1], 150), interpolation=cv2.INTER_NEAREST_EXACT)


def label(*codes: np.ndarray, degrees: float = 0, blur_px: float = 0) -> np.ndarray:
    """A photograph of a label: codes below each other, turned, a little out of focus."""
    picture = np.full((720, 720), PAPER, np.uint8)
    top = 360 - sum(len(one) + 20 for one in codes) // 2
    for one in codes:
        left = 360 - one.shape[1] // 2
        picture[top : top + len(one), left : left + one.shape[1]] = one
        top += len(one) + 20
    turn = cv2.getRotationMatrix2D((360, 360), degrees, 1)
    picture = cv2.warpAffine(picture, turn, (720, 720), borderValue=PAPER)
    if blur_px:
        picture = cv2.GaussianBlur(picture, (0, 0), blur_px)
    noise = np.random.default_rng(1).normal(0, 4, picture.shape)
    noisy = np.clip(picture + noise, 0, 255).astype(np.uint8)
    return cv2.cvtColor(noisy, cv2.COLOR_GRAY2RGB)


def written(folder: Path, picture: np.ndarray, name: str = "label.png") -> str:
    cv2.imwrite(str(folder / name), picture)
    return str(folder / name)


@pytest.mark.parametrize("blur_px", [0.0, 1.2])
@pytest.mark.parametrize("degrees", [0, 12, 30, 45, 77, 90, 180, 200])
@pytest.mark.parametrize("kind", [QR, BARS])
def test_a_code_is_read_however_it_is_turned(
    kind: zxingcpp.BarcodeFormat, degrees: float, blur_px: float
):
    picture = label(code(kind, "P7-2026.11_b"), degrees=degrees, blur_px=blur_px)
    assert codes_in(picture) == ["P7-2026.11_b"]


def test_two_codes_that_say_the_same_are_one(tmp_path: Path):
    picture = label(code(QR, "slide-7"), code(BARS, "slide-7"))
    assert slide_of_label(written(tmp_path, picture), SETTINGS) == "slide-7"


def test_different_codes_are_refused_with_what_they_say(tmp_path: Path):
    name = written(tmp_path, label(code(QR, "slide-7"), code(BARS, "slide-8"), degrees=40))
    with pytest.raises(LabelError, match=r"'slide-7' and 'slide-8'.*--slide") as refused:
        slide_of_label(name, SETTINGS)
    assert "label.png" in str(refused.value)


def test_a_code_that_is_no_slide_id_is_refused_with_what_it_says(tmp_path: Path):
    name = written(tmp_path, label(code(QR, "https://lab.example/7?a=b")))
    with pytest.raises(LabelError, match=r"'https://lab.example/7\?a=b' is not valid.*--slide"):
        slide_of_label(name, SETTINGS)


def test_a_picture_without_a_code_is_refused(tmp_path: Path):
    with pytest.raises(LabelError, match=r"no QR code or barcode can be read.*--slide"):
        slide_of_label(written(tmp_path, label()), SETTINGS)


def test_fields_of_cells_read_as_nothing():
    for frame in open_source("simulated:?fields=3&seed=2", SETTINGS).frames():
        assert isinstance(frame, Frame)
        assert codes_in(frame.image) == []


def test_a_live_source_without_a_label_is_looked_at_for_so_long(tmp_path: Path):
    brief = SETTINGS.slide.model_copy(update={"label_wait_s": 0.3})
    settings = SETTINGS.model_copy(update={"slide": brief})
    source = "simulated:?motion=still&live=1&width=320&height=240&fps=5"
    with pytest.raises(LabelError, match="no QR code"):
        slide_of_label(source, settings)


def test_the_first_frame_of_a_folder_that_shows_a_code_decides(tmp_path: Path):
    written(tmp_path, label(), "0.png")
    written(tmp_path, label(code(BARS, "slide-7")), "1.png")
    written(tmp_path, label(code(BARS, "slide-8")), "2.png")
    assert slide_of_label(str(tmp_path), SETTINGS) == "slide-7"


def test_frames_with_the_label_are_known_until_many_show_none():
    with_code, without = label(code(QR, "slide-7")), np.full((64, 64, 3), PAPER, np.uint8)
    frames = LabelFrames(expected=True)
    assert [frames.shows_label(one) for one in (with_code, without, with_code)] == [1, 0, 1]
    for _ in range(FIRST_FRAMES):
        assert not frames.shows_label(without)
    assert not frames.shows_label(with_code)
    assert not LabelFrames(expected=False).shows_label(with_code)
