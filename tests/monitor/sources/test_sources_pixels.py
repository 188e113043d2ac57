"""Raw camera pixels come out as bright and in the colours in which they were taken."""

import numpy as np
import pytest

from monitor.sources.pixels import decode, eight_bits, is_colour, is_understood

HEIGHT, WIDTH = 6, 8


def mosaic(pattern, colour):
    """Draw an even field of one colour as a sensor with this filter pattern sees it."""
    where = {"R": 0, "G": 1, "B": 2}
    field = np.empty((HEIGHT, WIDTH), np.uint8)
    for place, letter in enumerate(pattern):
        field[place // 2 :: 2, place % 2 :: 2] = colour[where[letter]]
    return field


@pytest.mark.parametrize(
    ("name", "pattern"),
    [("BayerRG8", "RGGB"), ("BayerGR8", "GRBG"), ("BayerGB8", "GBRG"), ("BayerBG8", "BGGR")],
)
def test_the_colours_of_a_mosaic_are_found(name, pattern):
    image = decode(mosaic(pattern, (200, 120, 40)).tobytes(), HEIGHT, WIDTH, name)
    assert image.shape == (HEIGHT, WIDTH, 3)
    assert np.abs(image[2:-2, 2:-2].astype(int) - (200, 120, 40)).max() <= 1


@pytest.mark.parametrize(("name", "order"), [("RGB8", [0, 1, 2]), ("BGR8Packed", [2, 1, 0])])
def test_colours_come_in_order(name, order):
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[...] = (200, 120, 40)
    image = decode(pixels[..., order].tobytes(), HEIGHT, WIDTH, name)
    assert image[0, 0].tolist() == [200, 120, 40]


@pytest.mark.parametrize(("name", "bits"), [("Mono10", 10), ("Mono12", 12), ("Mono16", 16)])
def test_more_bits_are_scaled_by_the_depth_that_the_camera_says(name, bits):
    full = (1 << bits) - 1
    levels = np.linspace(0, full, HEIGHT * WIDTH).astype("<u2")
    image = decode(levels.tobytes(), HEIGHT, WIDTH, name)
    wanted = levels / full * 255
    assert np.abs(image[..., 0].ravel() - wanted).max() <= 0.5
    assert image[-1, -1].tolist() == [255, 255, 255]


def packed(levels, packing):
    first, second = levels[0::2], levels[1::2]
    if packing == "p":
        three = first & 255, first >> 8 | (second & 15) << 4, second >> 4
    else:
        three = first >> 4, first & 15 | (second & 15) << 4, second >> 4
    return np.stack(three, axis=1).astype(np.uint8).tobytes()


@pytest.mark.parametrize("packing", ["p", "Packed"])
def test_two_pixels_in_three_bytes_are_taken_apart(packing):
    levels = np.random.default_rng(0).integers(0, 4096, HEIGHT * WIDTH)
    image = decode(packed(levels, packing), HEIGHT, WIDTH, f"Mono12{packing}")
    assert np.array_equal(image[..., 0].ravel(), levels >> 4)


@pytest.mark.parametrize("name", ["Mono8", "Mono12", "Mono12p", "RGB8", "BayerRG16"])
def test_a_frame_that_is_too_short_is_none(name):
    assert decode(bytes(HEIGHT * WIDTH - 1), HEIGHT, WIDTH, name) is None


@pytest.mark.parametrize("name", ["Mono10p", "Coord3D_C16", "YUV422_8", "RGB16", "mono8", ""])
def test_formats_that_are_not_understood_are_known(name):
    assert not is_understood(name)
    with pytest.raises(ValueError, match="is not understood"):
        decode(b"", 1, 1, name)


def test_grey_and_colour_are_told_apart():
    assert [is_colour(name) for name in ("Mono8", "BayerRG8", "RGB8")] == [False, True, True]


def test_what_is_brighter_than_the_depth_stays_white():
    levels = np.array([[0, 4095, 5000]], np.uint16)
    assert eight_bits(levels, 12).tolist() == [[0, 255, 255]]
