"""``smearwatch cells`` as a user meets it, on a real store and with the real model."""

import dataclasses
import shutil

import cv2
import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner

from config import SmearwatchError
from monitor.cli.main import app
from monitor.store import FieldResult, SlideInfo
from segmenter.draw import FLAGGED
from workers.artefact import SHIPPED, load_card
from workers.score import Scorer

ARTEFACT = load_card("draem")
INFO = SlideInfo("/s", "images", False, False, False, 2, ARTEFACT.model_id, 0.05, "0.1")
LESION = (38, 24)


def lesioned(count):
    """Cells with a dot each, the later ones with a darker one."""
    rows, columns = np.mgrid[:64, :64]
    crops = np.full((count, 64, 64, 3), 255, np.uint8)
    crops[:, np.hypot(rows - 31.5, columns - 31.5) < 28] = (205, 150, 165)
    for number, crop in enumerate(crops):
        crop[np.hypot(rows - LESION[0], columns - LESION[1]) < 4] = (150 - 15 * number, 60, 130)
    return crops


@pytest.fixture(scope="module")
def field():
    crops = lesioned(4)
    found = Scorer.load(ARTEFACT, "cpu", 1, 32).score(crops)
    boxes = np.tile(np.int32([10, 20, 80, 90]), (4, 1))
    return FieldResult(
        *(0, "ü.jpg", 0.0, (99, 99), found.scores, boxes, crops, found.embeddings, found.boxes),
        *(1.0, {}),
    )


@pytest.fixture
def slide(store, field):
    """Slide ``a``, all of whose cells are flagged."""
    writer = store.begin("a", INFO, "new")
    writer.commit_field(field)
    writer.finish("ended")
    return store


@pytest.fixture
def run(store, store_settings):
    def run(*words):
        where = ["--data-dir", str(store_settings.data_dir)]
        return CliRunner().invoke(app, ["cells", *map(str, words), *where])

    return run


def refusal(result):
    """The one line with which a command ends that does not work."""
    assert isinstance(result.exception, SmearwatchError), result.output
    line = str(result.exception)
    assert "\n" not in line
    return line


def test_json_gives_the_flagged_cells_highest_score_first(slide, run, field):
    rows = msgspec.json.decode(run("a", "--json", "--top", "2").stdout_bytes)
    order = np.argsort(field.scores)[::-1][:2]
    assert [row["cell"] for row in rows] == order.tolist()
    assert [row["score"] for row in rows] == field.scores[order].tolist()
    assert rows[0]["name"] == "ü.jpg"
    assert rows[0]["box"] == [10, 20, 80, 90]
    top, left, bottom, right = rows[0]["worst_box"]
    assert top <= LESION[0] < bottom
    assert left <= LESION[1] < right


def test_a_table_tells_a_person_where_they_are(slide, run):
    text = run("a").stdout
    for words in ("4 of 4 flagged cells", "0:3", "ü.jpg", "10:80, 20:90", "not a medical device"):
        assert words in text


def test_the_picture_explains_them(slide, run, tmp_path):
    out = tmp_path / "a.png"
    result = run("a", "--picture", out)
    assert result.exit_code == 0, result.output
    drawn = cv2.imread(str(out))[..., ::-1]
    assert (drawn == FLAGGED).all(2).any()
    # The error maps: black over most of a tile, which nothing else is.
    assert (drawn.sum(2, dtype=int) < 12).sum() > 4 * 192 * 192 / 2


def test_of_another_model_there_are_crops_and_boxes_only_and_it_is_said(
    store, run, field, tmp_path
):
    other = dataclasses.replace(field, number=1)
    info = msgspec.structs.replace(INFO, model_id="conv-wide-000000000000")
    store.begin("b", info, "new").commit_field(other)
    result = run("b", "--picture", tmp_path / "b.png")
    assert result.exit_code == 0
    assert "was scored with conv-wide-000000000000" in result.stderr
    assert "crops and boxes only" in result.stderr
    drawn = cv2.imread(str(tmp_path / "b.png"))[..., ::-1]
    assert (drawn == FLAGGED).all(2).any()
    assert (drawn.sum(2, dtype=int) < 12).sum() < 192 * 192 / 2


def test_a_slide_without_flagged_cells_has_an_empty_list_and_no_picture(store, run, tmp_path):
    store.begin("c", INFO, "new")
    assert run("c", "--json").stdout_bytes == b"[]\n"
    assert "No cell of slide c is flagged" in run("c").stdout
    result = run("c", "--picture", tmp_path / "c.png")
    assert "slide c has no flagged cell to draw: none of its 0 cells" in refusal(result)
    assert list(tmp_path.iterdir()) == []


def test_bad_input_is_refused_and_nothing_is_written(slide, run, tmp_path):
    mine = tmp_path / "mine.png"
    mine.write_text("mine")
    assert "no slide aa; did you mean a?" in refusal(run("aa"))
    assert "exists: overwrite it with --force" in refusal(run("a", "--picture", mine))
    assert "end it in .png or .jpg" in refusal(run("a", "--picture", tmp_path / "a.txt"))
    assert "is a folder" in refusal(run("a", "-p", shutil.copytree(SHIPPED, tmp_path / "f.png")))
    missing = run("a", "--picture", tmp_path / "no" / "a.png")
    assert "no/a.png cannot be written: No such file" in refusal(missing)
    unknown = run("a", "--picture", tmp_path / "a.png", "--set", "model.artefact=conv-wade")
    assert "did you mean conv-wide" in refusal(unknown)
    assert run("a", "--top", "0").exit_code == 2
    assert mine.read_text() == "mine"
    assert not (tmp_path / "a.png").exists()
