"""No picture file, however spoilt, ends a capture: it is read, or is a frame with a reason."""

import gc
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import psutil
import pytest
import tifffile

from config import load
from monitor.sources import Frame, UnreadableFrame
from monitor.sources.images import ImageSource
from monitor.sources.pictures import PictureError, PictureFile, read_pictures

GROWTH_BYTES = 48 * 2**20
PEAK_BYTES = 256 * 2**20


def read_all(path: Path) -> list[object]:
    return list(read_pictures(path, PictureFile.look_at(path).pages))


def reason(path: Path) -> str:
    (problem,) = read_all(path)
    assert isinstance(problem, PictureError), problem
    return str(problem)


def test_every_whole_picture_is_read(tmp_path: Path, whole_pictures):
    for name, data in whole_pictures:
        path = tmp_path / name
        path.write_bytes(data)
        for picture in read_all(path):
            assert not isinstance(picture, PictureError), f"{name} {picture}"
            assert picture.shape == (64, 80, 3)


@pytest.mark.timeout(900)
def test_a_spoilt_picture_is_a_frame_or_unreadable_with_a_reason(
    tmp_path: Path, malformed_pictures, cases: int
):
    for name, data in malformed_pictures(0, cases):
        (tmp_path / name).write_bytes(data)
    source = ImageSource.open(str(tmp_path), load(environ={}))
    frames = list(source.frames())
    assert source.exhausted
    assert [frame.number for frame in frames] == list(range(source.total))
    assert len({frame.name.partition("#")[0] for frame in frames}) == cases
    unreadable = [frame for frame in frames if isinstance(frame, UnreadableFrame)]
    assert len(unreadable) > cases / 2
    for frame in unreadable:
        assert frame.problem, frame
        assert len(frame.problem.splitlines()) == 1
    for frame in frames:
        if isinstance(frame, Frame):
            assert (frame.image.dtype, frame.image.ndim, frame.image.shape[2]) == (np.uint8, 3, 3)


@pytest.mark.timeout(900)
def test_spoilt_pictures_leave_no_memory_behind(tmp_path: Path, malformed_pictures, cases: int):
    pictures = list(malformed_pictures(10**6, cases))
    process = psutil.Process()

    def read_them() -> int:
        for name, data in pictures:
            (tmp_path / name).write_bytes(data)
            read_all(tmp_path / name)
            (tmp_path / name).unlink()
        gc.collect()
        return process.memory_info().rss

    first = read_them()
    assert read_them() - first < GROWTH_BYTES


def png(width: int, height: int, rows: bytes, colour: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((2**31 - 1, 2**31 - 1), "more than the limit"),
        ((60_000, 60_000), "more than the limit"),
        ((1, 200_000_000), "at least 32"),
        ((0, 0), "at least 32"),
    ],
)
def test_a_png_that_declares_a_size_beyond_all_sense_takes_no_memory(
    tmp_path: Path, size: tuple[int, int], words: str
):
    path = tmp_path / "bomb.png"
    path.write_bytes(png(*size, zlib.compress(bytes(1000))))
    assert words in reason(path)


def test_a_tiff_strip_that_unpacks_to_more_than_the_picture_is_refused(tmp_path: Path):
    path = tmp_path / "bomb.tif"
    tifffile.imwrite(path, np.zeros((64, 64, 3), np.uint8), photometric="rgb", compression="zlib")
    strip = zlib.compress(bytes(2**29), 1)
    with tifffile.TiffFile(path, mode="r+b") as tiff:
        tags = tiff.pages[0].tags
        tiff.filehandle.seek(0, 2)
        end = tiff.filehandle.tell()
        tiff.filehandle.write(strip)
        tags["StripOffsets"].overwrite(end)
        tags["StripByteCounts"].overwrite(len(strip))
    peak = psutil.Process().memory_info().rss
    assert "unpacks to more" in reason(path)
    assert psutil.Process().memory_info().rss - peak < PEAK_BYTES


def test_a_tiff_of_more_channels_than_colours_is_refused_by_its_header(tmp_path: Path):
    path = tmp_path / "many.tif"
    tifffile.imwrite(path, np.zeros((64, 64, 3), np.uint8), photometric="rgb", compression="zlib")
    with tifffile.TiffFile(path, mode="r+b") as tiff:
        tiff.pages[0].tags["SamplesPerPixel"].overwrite(60_000)
    assert "channels" in reason(path) or "damaged" in reason(path)


def test_a_jpeg_of_endless_scans_is_refused(tmp_path: Path, whole_pictures):
    data = dict(whole_pictures)["progressive.jpg"]
    at = data.index(b"\xff\xc2") + 5
    tall = data[:at] + struct.pack(">HH", 14_000, 14_000) + data[at + 4 :]
    scan = data[data.index(b"\xff\xda") : -2]
    path = tmp_path / "scans.jpg"
    path.write_bytes(tall[:-2] + scan * 30 + b"\xff\xd9")
    assert "scans" in reason(path)


def test_a_file_that_is_too_large_to_be_a_picture_is_refused(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("monitor.sources.pictures.raster.MAX_BYTES", 1000)
    path = tmp_path / "a.png"
    path.write_bytes(png(64, 64, bytes(2000)))
    assert "larger than" in reason(path)


def test_a_picture_whose_name_is_no_text_ends_nothing(tmp_path: Path, whole_pictures):
    for name, data in whole_pictures:
        path = Path(
            os.fsdecode(os.fsencode(tmp_path / name) + b"\xe9" + Path(name).suffix.encode())
        )
        path.write_bytes(data)
        for picture in read_all(path):
            if isinstance(picture, PictureError):
                assert "not UTF-8" in str(picture)
