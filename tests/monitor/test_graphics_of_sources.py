"""What is burned into the pictures of a source is found before they are counted."""

from pathlib import Path

import cv2
import numpy as np

from config import load
from monitor.graphics import LOOKED_AT, graphics_of
from monitor.sources import open_source

SETTINGS = load(environ={})


def write_fields(folder: Path, count: int) -> None:
    chance = np.random.default_rng(0)
    for number in range(count):
        picture = np.full((120, 160, 3), 220, np.uint8)
        for _ in range(12):
            center = chance.integers(10, 150), chance.integers(10, 100)
            cv2.circle(picture, tuple(map(int, center)), 8, (150, 100, 160), -1)
        picture[108:112, 20:60] = (10, 10, 10)
        cv2.imwrite(str(folder / f"{number}.png"), picture)


def test_a_folder_is_looked_at_first_and_then_counted_from_its_start(tmp_path: Path):
    write_fields(tmp_path, LOOKED_AT + 4)
    source = open_source(str(tmp_path), SETTINGS)
    found = graphics_of(source)
    assert found is not None
    assert found[108:112, 20:60].all()
    assert found[:100].sum() == 0
    assert [frame.number for frame in source.frames()] == list(range(LOOKED_AT + 4))


def test_files_added_at_the_end_change_nothing(tmp_path: Path):
    write_fields(tmp_path, LOOKED_AT)
    before = graphics_of(open_source(str(tmp_path), SETTINGS))
    assert before is not None
    cv2.imwrite(str(tmp_path / "99.png"), np.zeros((120, 160, 3), np.uint8))
    assert np.array_equal(before, graphics_of(open_source(str(tmp_path), SETTINGS)))


def test_an_unreadable_picture_is_passed_over(tmp_path: Path):
    write_fields(tmp_path, LOOKED_AT)
    (tmp_path / "3.png").write_bytes(b"nothing")
    assert graphics_of(open_source(str(tmp_path), SETTINGS)) is not None


def test_a_source_whose_frames_may_show_one_field_is_not_looked_at():
    assert graphics_of(open_source("simulated:?motion=walk&frames=20", SETTINGS)) is None
