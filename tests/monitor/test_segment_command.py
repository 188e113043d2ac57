"""``smearwatch segment`` as a user meets it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from typer.testing import CliRunner, Result

from config import SmearwatchError
from monitor.cli.main import app
from segmenter.draw import OUTLINE

CENTRES = [(row, column) for row in range(50, 220, 62) for column in range(50, 290, 62)]
DIAMETER = 40
EMPTY, STAINED = (232, 228, 224), (200, 140, 150)


def field(centres: list[tuple[int, int]] = CENTRES) -> NDArray[np.uint8]:
    """Draw a field, RGB."""
    image = np.full((260, 330, 3), EMPTY, np.uint8)
    for row, column in centres:
        cv2.circle(image, (column, row), DIAMETER // 2, STAINED, -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.7), np.uint8)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "field.png"
    cv2.imwrite(str(path), field()[..., ::-1])
    return path


def look(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["segment", *map(str, arguments)])


def refusal(*arguments: str | Path) -> str:
    """Give the one line with which a command ends that does not work."""
    result = look(*arguments)
    assert isinstance(result.exception, SmearwatchError), result.output
    assert result.stdout == ""
    line = str(result.exception)
    assert "\n" not in line
    return line


def test_one_line_says_counts_and_verdict(image: Path) -> None:
    result = look(image)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{len(CENTRES)} cells; field good, focus ")
    assert result.stdout.count("\n") == 1


def test_the_picture_shows_the_field_with_outlines_and_a_legend(
    image: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.png"
    assert look(image, "-o", out).exit_code == 0
    drawn = cv2.imread(str(out))[..., ::-1]
    height, width = field().shape[:2]
    assert drawn.shape[0] > height
    assert drawn.shape[1] == width
    green = (drawn[:height] == OUTLINE).all(axis=2)
    rows, columns = np.nonzero(green)
    nearest = np.hypot(
        rows[:, None] - np.array(CENTRES)[:, 0], columns[:, None] - np.array(CENTRES)[:, 1]
    )
    np.testing.assert_allclose(nearest.min(axis=1), DIAMETER / 2, atol=3)
    assert (drawn[height:] != drawn[-1, -1]).any()


def test_json_holds_every_cell_with_its_measures(image: Path) -> None:
    table = json.loads(look(image, "--json").stdout)
    assert table["count"] == len(table["cells"]) == len(CENTRES)
    assert (table["width"], table["height"], table["page"]) == (330, 260, 1)
    assert table["quality"]["verdict"] == "good"
    assert table["not_cells"] == {}
    assert table["apart"] == []
    for cell, (row, column) in zip(table["cells"], CENTRES, strict=True):
        assert cell["centroid"] == pytest.approx([row, column], abs=1)
        top, left, bottom, right = cell["box"]
        assert (top, left) == pytest.approx((row - 20, column - 20), abs=3)
        assert (bottom, right) == pytest.approx((row + 20, column + 20), abs=3)
        assert cell["diameter"] == pytest.approx(DIAMETER, abs=3)
        assert cell["area"] == pytest.approx(np.pi / 4 * cell["diameter"] ** 2, rel=1e-3)
        assert cell["solidity"] > 0.9
        assert cell["eccentricity"] < 0.4
        assert cell["mean_colour"] == pytest.approx(STAINED, abs=12)


def test_json_holds_what_was_set_apart(tmp_path: Path) -> None:
    path = tmp_path / "field.png"
    cv2.imwrite(str(path), field([*CENTRES, (255, 100)])[..., ::-1])
    table = json.loads(look(path, "--json").stdout)
    assert table["not_cells"] == {"border": 1}
    (thing,) = table["apart"]
    assert thing["kind"] == "border"
    assert thing["box"][2] == 260
    assert thing["estimated_cells"] == 1


@pytest.mark.parametrize("kind", ["grey", "16 bits", "alpha"])
def test_pictures_of_other_kinds_are_read_alike(tmp_path: Path, kind: str) -> None:
    bgr = field()[..., ::-1]
    picture = {
        "grey": bgr[..., 1],
        "16 bits": bgr.astype(np.uint16) * 257,
        "alpha": np.dstack([bgr, np.full(bgr.shape[:2], 255, np.uint8)]),
    }[kind]
    path = tmp_path / "field.png"
    cv2.imwrite(str(path), picture)
    assert json.loads(look(path, "--json").stdout)["count"] == len(CENTRES)


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, np.stack([field(CENTRES[:8]), field()]), photometric="rgb")
    return path


def test_a_page_of_a_stack_can_be_chosen(stack: Path) -> None:
    result = look(stack, "--page", "2", "--json")
    assert json.loads(result.stdout)["count"] == len(CENTRES)
    assert json.loads(result.stdout)["page"] == 2
    assert result.stderr == ""


def test_the_first_page_is_taken_and_said(stack: Path) -> None:
    result = look(stack, "--json")
    assert json.loads(result.stdout)["count"] == 8
    assert "has 2 pages: this is page 1" in result.stderr


def test_a_page_that_is_not_there_is_refused(stack: Path) -> None:
    assert (
        refusal(stack, "--page", "3") == f"{stack} has 2 pages, no page 3; choose one from 1 to 2"
    )


def test_what_exists_is_kept_unless_forced(image: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    out.write_text("mine")
    assert "exists: overwrite it with --force" in refusal(image, "-o", out)
    assert out.read_text() == "mine"
    assert look(image, "-o", out, "--force").exit_code == 0
    assert out.read_bytes().startswith(b"\x89PNG")


def test_the_picture_itself_is_never_overwritten(image: Path) -> None:
    before = image.read_bytes()
    assert "is the picture itself" in refusal(image, "-o", image, "--force")
    assert image.read_bytes() == before


def test_a_picture_comes_whole_or_not_at_all(image: Path, tmp_path: Path) -> None:
    folder = tmp_path / "absent"
    assert "cannot be written: No such file" in refusal(image, "-o", folder / "out.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["field.png"]


@pytest.mark.parametrize("name", ["out.txt", "out", "out.pdf"])
def test_an_output_that_is_no_picture_is_refused(image: Path, tmp_path: Path, name: str) -> None:
    assert "is not a picture by its name" in refusal(image, "-o", tmp_path / name)


@pytest.mark.parametrize("suffix", [".jpg", ".tif", ".bmp", ".PNG"])
def test_every_kind_of_picture_can_be_written(image: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out{suffix}"
    assert look(image, "-o", out).exit_code == 0
    assert cv2.imread(str(out)).shape[1] == 330


def test_a_missing_picture_is_named_with_its_neighbour(image: Path) -> None:
    line = refusal(image.with_name("feild.png"))
    assert line == f"{image.with_name('feild.png')} does not exist; there is {image}"


def test_a_folder_and_a_text_are_no_picture(image: Path, tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path} is a folder; name one picture in it"
    text = tmp_path / "notes.txt"
    text.write_text("cells")
    assert "is not a picture by its name" in refusal(text)


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "is empty"), (b"cells", "is not a JPEG"), (None, "is truncated")],
)
def test_a_picture_that_cannot_be_read_is_named_and_nothing_written(
    image: Path, tmp_path: Path, data: bytes | None, said: str
) -> None:
    image.write_bytes(image.read_bytes()[:300] if data is None else data)
    assert f"{image} {said}" in refusal(image, "-o", tmp_path / "out.png")
    assert not (tmp_path / "out.png").exists()


def test_a_field_without_cells_is_drawn_and_said(tmp_path: Path) -> None:
    path = tmp_path / "empty.png"
    cv2.imwrite(str(path), field([]))
    result = look(path, "-o", tmp_path / "out.png")
    assert result.stdout.startswith("0 cells")
    assert "field empty" in result.stdout
    assert (tmp_path / "out.png").exists()


def test_the_program_ends_with_one_line_and_2_on_wrong_use(image: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "monitor",
        "segment",
        str(image),
        "-o",
        str(tmp_path / "a.txt"),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("smearwatch: ")
    assert ended.stderr.count("\n") == 1
