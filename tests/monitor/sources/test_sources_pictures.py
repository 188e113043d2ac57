"""Picture files: what is read, how it is scaled, and what is refused."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile

from monitor.sources.pictures import PictureError, PictureFile, read_pictures

PIL_Image = pytest.importorskip("PIL.Image")
PIL_ImageOps = pytest.importorskip("PIL.ImageOps")

RED = (200, 40, 90)


def smear(height=48, width=64, seed=0):
    """A smooth colour picture, RGB, red along the columns."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(60, 220, (height, width, 3), dtype=np.uint8)
    return cv2.GaussianBlur(noise, (15, 15), 5)


def read_one(path):
    file = PictureFile.look_at(path)
    pictures = list(read_pictures(path, file.pages))
    assert len(pictures) == 1
    return pictures[0]


def read_all(path):
    return list(read_pictures(path, PictureFile.look_at(path).pages))


def problem(path):
    picture = read_one(path)
    assert isinstance(picture, PictureError), picture
    return str(picture)


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def encoded(suffix, image):
    return cv2.imencode(suffix, cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif"])
def test_lossless_files_give_the_same_rgb(tmp_path, suffix):
    image = smear()
    path = write(tmp_path / f"a{suffix}", encoded(suffix, image))
    assert np.array_equal(read_one(path), image)


def test_jpeg_gives_rgb_and_not_bgr(tmp_path):
    image = np.full((64, 64, 3), RED, np.uint8)
    path = write(tmp_path / "a.JPG", encoded(".jpg", image))
    assert np.abs(read_one(path).astype(int) - RED).max() <= 3


def test_the_content_decides_and_not_the_suffix(tmp_path):
    image = smear()
    assert np.array_equal(read_one(write(tmp_path / "a.jpg", encoded(".tif", image))), image)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg"])
def test_grey_becomes_three_equal_channels(tmp_path, suffix):
    path = write(tmp_path / f"a{suffix}", cv2.imencode(suffix, smear()[..., 0])[1].tobytes())
    picture = read_one(path)
    assert picture.shape == (48, 64, 3)
    assert np.array_equal(picture[..., 0], picture[..., 2])


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_deep_pictures_are_scaled_by_their_true_bit_range(tmp_path, bits, suffix):
    top = (1 << bits) - 1
    ramp = np.linspace(0, top, 64 * 64).reshape(64, 64).astype(np.uint16)
    path = tmp_path / f"a{suffix}"
    if suffix == ".png":
        write(path, cv2.imencode(".png", ramp)[1].tobytes())
    else:
        tifffile.imwrite(path, ramp)
    expected = np.rint(ramp / top * 255)
    assert np.abs(read_one(path)[..., 1] - expected).max() <= 1


def test_all_pages_of_a_stack_are_scaled_alike(tmp_path):
    stack = np.full((3, 40, 40), 1000, np.uint16)
    stack[2, 0, 0] = 4000
    tifffile.imwrite(tmp_path / "s.tif", stack, photometric="minisblack")
    levels = [picture[20, 20, 0] for picture in read_all(tmp_path / "s.tif")]
    assert levels == [round(1000 / 4095 * 255)] * 3


def test_a_page_of_a_stack_is_a_frame_named_by_its_number(tmp_path):
    pages = np.stack([smear(seed=seed) for seed in range(3)])
    tifffile.imwrite(tmp_path / "s.tif", pages, photometric="rgb")
    file = PictureFile.look_at(tmp_path / "s.tif")
    assert file.names == ["s.tif#1", "s.tif#2", "s.tif#3"]
    assert np.array_equal(np.stack(read_all(file.path)), pages)


def test_pages_can_be_read_out_of_the_middle(tmp_path):
    pages = np.stack([smear(seed=seed) for seed in range(4)])
    tifffile.imwrite(tmp_path / "s.tif", pages, photometric="rgb")
    assert np.array_equal(next(read_pictures(tmp_path / "s.tif", [2])), pages[2])


def test_thumbnail_pages_are_no_frames(tmp_path):
    with tifffile.TiffWriter(tmp_path / "s.tif") as tiff:
        tiff.write(smear(), photometric="rgb")
        tiff.write(smear(36, 36), photometric="rgb", subfiletype=1)
    assert PictureFile.look_at(tmp_path / "s.tif").names == ["s.tif"]


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_compressed_tiffs_are_read(tmp_path, compression):
    PIL_Image.fromarray(smear()).save(tmp_path / "a.tif", compression=compression)
    assert np.array_equal(read_one(tmp_path / "a.tif"), smear())


def test_jpeg_in_tiff_is_read(tmp_path):
    PIL_Image.fromarray(smear()).save(tmp_path / "a.tif", compression="jpeg", quality=95)
    assert np.abs(read_one(tmp_path / "a.tif").astype(int) - smear()).mean() < 4


def test_palette_tiff_is_read_in_colour(tmp_path):
    palette = PIL_Image.fromarray(np.full((40, 40, 3), RED, np.uint8)).quantize(4)
    palette.save(tmp_path / "a.tif")
    assert tuple(read_one(tmp_path / "a.tif")[5, 5]) == RED


def test_lzw_stack_gives_each_page(tmp_path):
    first, *rest = [PIL_Image.fromarray(smear(seed=seed)) for seed in range(3)]
    first.save(tmp_path / "s.tif", compression="tiff_lzw", save_all=True, append_images=rest)
    assert np.array_equal(read_all(tmp_path / "s.tif")[2], smear(seed=2))


def test_planar_tiff_is_read(tmp_path):
    planes = np.moveaxis(smear(), -1, 0)
    tifffile.imwrite(tmp_path / "a.tif", planes, photometric="rgb", planarconfig="separate")
    assert np.array_equal(read_one(tmp_path / "a.tif"), smear())


def test_white_is_zero_tiff_is_turned_round(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", smear()[..., 0], photometric="miniswhite")
    assert np.array_equal(read_one(tmp_path / "a.tif")[..., 0], 255 - smear()[..., 0])


def test_float_tiff_up_to_one_is_a_share_of_full_scale(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.full((40, 40), 0.4, np.float32))
    assert read_one(tmp_path / "a.tif")[0, 0, 0] == 102


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (np.full((40, 40), np.nan, np.float32), "not a number"),
        (np.full((40, 40), -3, np.int16), "negative"),
        (np.full((40, 40), 1 << 20, np.uint32), "at most 16 bits"),
        (np.zeros((40, 40), np.complex64), "complex64"),
    ],
)
def test_values_that_are_no_brightness_are_refused(tmp_path, pixels, words):
    tifffile.imwrite(tmp_path / "a.tif", pixels)
    assert words in problem(tmp_path / "a.tif")


def test_transparent_shows_white(tmp_path):
    rgba = np.dstack([smear(), np.full((48, 64), 255, np.uint8)])
    rgba[:10] = 0
    picture = read_one(write(tmp_path / "a.png", cv2.imencode(".png", rgba)[1].tobytes()))
    assert (picture[:10] == 255).all()
    assert np.array_equal(picture[10:], smear()[10:, :, ::-1])


def test_tiff_alpha_is_laid_over_white(tmp_path):
    rgba = np.dstack([smear(), np.full((48, 64), 255, np.uint8)])
    rgba[:10, :, 3] = 0
    tifffile.imwrite(tmp_path / "a.tif", rgba, photometric="rgb", extrasamples=["unassalpha"])
    picture = read_one(tmp_path / "a.tif")
    assert (picture[:10] == 255).all()
    assert np.array_equal(picture[10:], smear()[10:])


def test_an_alpha_channel_of_zeros_is_an_unused_byte(tmp_path):
    rgbx = np.dstack([smear(), np.zeros((48, 64), np.uint8)])
    tifffile.imwrite(tmp_path / "a.tif", rgbx, photometric="rgb", extrasamples=["unassalpha"])
    assert np.array_equal(read_one(tmp_path / "a.tif"), smear())


@pytest.mark.parametrize("suffix", [".jpg", ".tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_noted_by_the_camera_is_applied(tmp_path, suffix, orientation):
    image = np.zeros((40, 64, 3), np.uint8)
    image[:20, :32] = 200
    picture = PIL_Image.fromarray(image)
    exif = picture.getexif()
    exif[274] = orientation
    picture.save(tmp_path / f"a{suffix}", exif=exif)
    with PIL_Image.open(tmp_path / f"a{suffix}") as again:
        expected = np.asarray(PIL_ImageOps.exif_transpose(again).convert("RGB"))
    result = read_one(tmp_path / f"a{suffix}")
    assert result.shape == expected.shape
    assert np.abs(result.astype(int) - expected).mean() < 3


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".tif"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated_files_are_unreadable(tmp_path, suffix, share, capfd):
    data = encoded(suffix, smear(200, 200))
    problem(write(tmp_path / f"a{suffix}", data[: int(len(data) * share)]))
    assert capfd.readouterr().err == ""


def test_a_jpeg_cut_after_its_thumbnail_is_truncated(tmp_path):
    data = encoded(".jpg", smear(200, 200))
    thumbnail = encoded(".jpg", smear())
    segment = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    whole = data[:2] + segment + data[2:]
    assert isinstance(read_one(write(tmp_path / "a.jpg", whole)), np.ndarray)
    assert "truncated" in problem(write(tmp_path / "b.jpg", whole[:-100]))


def test_a_png_with_a_flipped_bit_is_damaged(tmp_path):
    data = bytearray(encoded(".png", smear()))
    data[len(data) // 2] ^= 1
    assert "damaged" in problem(write(tmp_path / "a.png", bytes(data)))


def test_a_stack_that_was_cut_gives_its_whole_pages_and_names_the_lost_one(tmp_path):
    path = tmp_path / "s.tif"
    with tifffile.TiffWriter(path) as tiff:
        for seed in range(4):
            tiff.write(smear(seed=seed), photometric="rgb", contiguous=False)
    data = path.read_bytes()
    write(path, data[: len(data) * 5 // 8])
    pictures = read_all(path)
    assert np.array_equal(pictures[1], smear(seed=1))
    assert isinstance(pictures[-1], PictureError)
    assert PictureFile.look_at(path).names[-1] in {"s.tif#3", "s.tif#4"}


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "empty"), (b"this is no picture at all" * 9, "not a JPEG"), (b"II*\0", "damaged")],
)
def test_what_is_no_picture_is_named_as_such(tmp_path, data, words):
    assert words in problem(write(tmp_path / "a.tif", data))


def test_a_huge_picture_is_refused_by_its_header(tmp_path):
    data = bytearray(encoded(".png", smear()))
    data[16:24] = struct.pack(">II", 50_000, 50_000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    assert "50000 x 50000" in problem(write(tmp_path / "a.png", bytes(data)))


def test_a_huge_tiff_is_refused_by_its_header(tmp_path):
    path = tmp_path / "a.tif"
    with path.open("wb") as file:
        tifffile.imwrite(file, shape=(30_000, 30_000), dtype=np.uint8)
        file.truncate(1000)
    assert "limit" in problem(path)


def test_a_tiny_picture_cannot_be_a_field(tmp_path):
    assert "3 x 2" in problem(write(tmp_path / "a.png", encoded(".png", smear(2, 3))))


def test_channels_on_pages_of_their_own_are_refused(tmp_path):
    tifffile.imwrite(
        tmp_path / "a.tif", np.zeros((3, 40, 40), np.uint8), imagej=True, metadata={"axes": "CYX"}
    )
    assert "channels" in problem(tmp_path / "a.tif")


def test_a_file_that_is_gone_is_said_to_be(tmp_path):
    assert "No such file" in problem(tmp_path / "gone.png")
