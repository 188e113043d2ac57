"""Malformed input from seeds: the same cases everywhere, a few by default and many on demand.

``make fuzz`` (``FUZZ_CASES=2000``) is the long form.
"""

import os
import struct
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

CASES = int(os.environ.get("FUZZ_CASES", "200"))
HEADER_BYTES = 240
EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)

Random = np.random.Generator
Picture = tuple[str, bytes]


def _smear(channels: int, dtype: type) -> np.ndarray:
    top = np.iinfo(dtype).max
    noise = np.random.default_rng(1).integers(0, top, (64, 80, channels), dtype, endpoint=True)
    return cv2.GaussianBlur(noise, (15, 15), 5)


def _by_pillow(image: np.ndarray, mode: str, form: str, **options: object) -> bytes:
    stream = BytesIO()
    Image.fromarray(image).convert(mode).save(stream, form, **options)
    return stream.getvalue()


def _by_tifffile(image: np.ndarray, **options: object) -> bytes:
    stream = BytesIO()
    tifffile.imwrite(stream, image, **options)
    return stream.getvalue()


def _animated(image: np.ndarray) -> bytes:
    stream = BytesIO()
    frames = [Image.fromarray(np.roll(image, step, 0)) for step in range(3)]
    frames[0].save(stream, "PNG", save_all=True, append_images=frames[1:])
    return stream.getvalue()


@pytest.fixture(scope="session")
def whole_pictures() -> list[Picture]:
    """A picture of every kind that is read: name and bytes."""
    rgb, deep = _smear(3, np.uint8), _smear(3, np.uint16)
    stack = np.stack([rgb, rgb[::-1], rgb[:, ::-1]])
    jpeg = {"form": "JPEG"}
    rgb_tiff = {"photometric": "rgb"}
    return [
        ("rgb.png", _by_pillow(rgb, "RGB", "PNG")),
        ("alpha.png", _by_pillow(rgb, "RGBA", "PNG")),
        ("palette.png", _by_pillow(rgb, "P", "PNG")),
        ("bits.png", _by_pillow(rgb, "1", "PNG")),
        ("deep.png", cv2.imencode(".png", deep)[1].tobytes()),
        ("animated.png", _animated(rgb)),
        ("rgb.jpg", _by_pillow(rgb, "RGB", **jpeg)),
        ("grey.jpg", _by_pillow(rgb, "L", **jpeg)),
        ("cmyk.jpg", _by_pillow(rgb, "CMYK", **jpeg)),
        ("progressive.jpg", _by_pillow(rgb, "RGB", progressive=True, **jpeg)),
        ("rgb.bmp", _by_pillow(rgb, "RGB", "BMP")),
        ("palette.bmp", _by_pillow(rgb, "P", "BMP")),
        ("rgb.tif", _by_tifffile(rgb, **rgb_tiff)),
        ("deflate.tif", _by_tifffile(rgb, compression="zlib", predictor=True, **rgb_tiff)),
        ("deep.tif", _by_tifffile(deep, byteorder=">", **rgb_tiff)),
        ("float.tif", _by_tifffile(deep.astype(np.float32) / 65535, **rgb_tiff)),
        ("stack.tif", _by_tifffile(stack, **rgb_tiff)),
        ("big.tif", _by_tifffile(rgb, bigtiff=True, tile=(32, 32), **rgb_tiff)),
        ("imagej.tif", _by_tifffile(deep[..., 0], imagej=True)),
        ("lzw.tif", _by_pillow(rgb, "RGB", "TIFF", compression="tiff_lzw")),
        ("packbits.tif", _by_pillow(rgb, "RGB", "TIFF", compression="packbits")),
        ("jpeg.tif", _by_pillow(rgb, "RGB", "TIFF", compression="jpeg")),
        ("palette.tif", _by_pillow(rgb, "P", "TIFF")),
    ]


def _cut(rng: Random, data: bytes, _other: bytes) -> bytes:
    return data[: rng.integers(0, len(data))]


def _flip(rng: Random, data: bytes, _other: bytes) -> bytes:
    wrong = bytearray(data)
    reach = HEADER_BYTES if rng.random() < 0.7 else len(data)
    for at in rng.integers(0, min(reach, len(data)), rng.integers(1, 9)):
        wrong[at] = rng.integers(0, 256)
    return bytes(wrong)


def _extreme(rng: Random, data: bytes, _other: bytes) -> bytes:
    form = str(rng.choice(["<H", ">H", "<I", ">I"]))
    size = struct.calcsize(form)
    at = int(rng.integers(0, min(HEADER_BYTES, len(data) - size)))
    value = int(rng.choice(EXTREMES)) & ((1 << 8 * size) - 1)
    return data[:at] + struct.pack(form, value) + data[at + size :]


def _shift(rng: Random, data: bytes, _other: bytes) -> bytes:
    at, span = int(rng.integers(0, len(data))), int(rng.integers(1, 64))
    return data[:at] + (rng.bytes(span) + data[at:] if rng.random() < 0.5 else data[at + span :])


def _splice(rng: Random, data: bytes, other: bytes) -> bytes:
    return data[: rng.integers(8, HEADER_BYTES)] + other[rng.integers(0, len(other)) :]


def _noise(rng: Random, data: bytes, _other: bytes) -> bytes:
    return data[: rng.integers(2, 9)] + rng.bytes(int(rng.integers(0, 2000)))


def _size(rng: Random, data: bytes, _other: bytes) -> bytes:
    """Declare another size in a PNG, its checksum right; another kind gets an extreme value."""
    if not data.startswith(b"\x89PNG"):
        return _extreme(rng, data, _other)
    header = struct.pack(">II", *(int(rng.choice(EXTREMES)) for _ in range(2))) + data[24:29]
    return data[:16] + header + struct.pack(">I", zlib.crc32(b"IHDR" + header)) + data[33:]


CHANGES: tuple[Callable[[Random, bytes, bytes], bytes], ...] = (
    *(_cut, _flip, _flip, _extreme, _extreme),
    *(_shift, _splice, _noise, _size),
)


@pytest.fixture(scope="session")
def malformed_pictures(whole_pictures: list[Picture]) -> Callable[[int, int], Iterator[Picture]]:
    """Gives pictures that were spoilt: their names, a third with another suffix, and bytes."""

    def make(first: int, count: int) -> Iterator[Picture]:
        suffixes = [name.partition(".")[2] for name, _ in whole_pictures]
        for seed in range(first, first + count):
            rng = np.random.default_rng(seed)
            name, data = whole_pictures[seed % len(whole_pictures)]
            other = whole_pictures[rng.integers(len(whole_pictures))][1]
            spoilt = CHANGES[rng.integers(len(CHANGES))](rng, data, other)
            kind = str(rng.choice(suffixes)) if rng.random() < 0.3 else name.partition(".")[2]
            yield f"{seed:06}-{name.partition('.')[0]}.{kind}", spoilt

    return make


@pytest.fixture(scope="session")
def cases() -> int:
    """How many cases of each kind are tried."""
    return CASES
