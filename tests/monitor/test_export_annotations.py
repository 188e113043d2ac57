"""``smearwatch export`` as annotations and pictures."""

import cv2
import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner

from config import UsageError
from monitor.cli.main import app
from monitor.crop_folders import write_crops
from monitor.store import FieldResult, FrameOutcome, SlideInfo, audit_trail, flagged_cells

INFO = SlideInfo("/s", "images", False, False, False, 3, "conv-1", 0.5, "0.1")
NAMES = ("../a b.jpg", "ü.jpg")
SCORES = ([0.1, np.nan, 0.9], [0.7])


@pytest.fixture
def slide(store):
    writer = store.begin("a", INFO, "new")
    for number, (name, scores) in enumerate(zip(NAMES, SCORES, strict=True)):
        count = len(scores)
        corners = np.arange(2 * count).reshape(count, 2) * 10
        boxes = np.hstack([corners, corners + np.array([20, 30])]).astype(np.int32)
        crops = np.full((count, 64, 64, 3), (200, 100, 50), np.uint8)
        worst = np.zeros((count, 4), np.uint8)
        values = np.array(scores, np.float32)
        writer.commit_field(
            FieldResult(number, name, 0.0, (96, 128), values, boxes, crops, None, worst, 1.0, {})
        )
    writer.record([FrameOutcome(2, "rejected", "blurred", "c.jpg")])
    writer.finish("ended")
    return store


@pytest.fixture
def run(slide, store_settings):
    def run(*words):
        where = ["--data-dir", str(store_settings.data_dir)]
        return CliRunner().invoke(app, ["export", "a", *map(str, words), *where])

    return run


def test_coco_has_a_box_a_score_and_a_category_a_cell(run, tmp_path):
    out = tmp_path / "a.json"
    assert run("--format", "coco", "-o", out).exit_code == 0
    coco = msgspec.json.decode(out.read_bytes())
    assert [(one["id"], one["file_name"], one["width"]) for one in coco["images"]] == [
        (0, NAMES[0], 128),
        (1, NAMES[1], 128),
    ]
    assert [one["id"] for one in coco["annotations"]] == [1, 2, 3, 4]
    first, unscored, flagged, _ = coco["annotations"]
    assert first["bbox"] == [10, 0, 30, 20]
    assert first["area"] == 600
    assert "score" not in unscored
    assert flagged["score"] == float(np.float32(0.9))
    names = {one["id"]: one["name"] for one in coco["categories"]}
    said = [names[one["category_id"]] for one in coco["annotations"]]
    assert said == ["red blood cell"] * 2 + ["flagged red blood cell"] * 2
    assert coco["info"]["threshold"] == 0.5


def test_geojson_has_a_file_a_field_in_pixels_of_its_frame(run, tmp_path):
    out = tmp_path / "g"
    assert run("--format", "geojson", "-o", out).exit_code == 0
    assert sorted(one.name for one in out.iterdir()) == [
        "0-a_b.jpg.geojson",
        "1-jpg.geojson",
        "export.json",
    ]
    collection = msgspec.json.decode((out / "0-a_b.jpg.geojson").read_bytes())
    cell = collection["features"][2]
    ring = cell["geometry"]["coordinates"][0]
    assert ring == [[50, 40], [80, 40], [80, 60], [50, 60], [50, 40]]
    assert cell["properties"]["objectType"] == "detection"
    assert cell["properties"]["classification"]["name"] == "flagged red blood cell"
    assert cell["properties"]["measurements"] == {"score": float(np.float32(0.9))}
    assert collection["features"][1]["properties"]["measurements"] == {}


def test_crops_lie_in_a_folder_a_label(run, tmp_path):
    out = tmp_path / "c"
    assert run("--format", "crops", "--threshold", "0.8", "-o", out).exit_code == 0
    found = sorted(str(one.relative_to(out)) for one in out.rglob("*.png"))
    assert found == ["flagged/0-2.png", "unflagged/1-0.png"]
    crop = cv2.imread(str(out / found[0]))[..., ::-1]
    assert (crop == (200, 100, 50)).all()


def test_what_reviewers_say_goes_before_the_score(slide, tmp_path):
    kept = flagged_cells(slide, "a", 9)
    labels = {(0, 2): "confirmed", (1, 0): "../../evil"}
    assert write_crops(kept, 0.5, tmp_path, labels) == {"confirmed": 1, "evil": 1}
    assert sorted(one.name for one in tmp_path.iterdir()) == ["confirmed", "evil"]


def test_force_replaces_only_what_an_export_has_written(run, tmp_path):
    out = tmp_path / "g"
    assert run("--format", "geojson", "-o", out).exit_code == 0
    refused = run("--format", "crops", "-o", out)
    assert isinstance(refused.exception, UsageError)
    assert "overwrite it with --force" in str(refused.exception)
    assert run("--format", "crops", "-o", out, "--force").exit_code == 0
    assert sorted(one.name for one in out.iterdir()) == ["export.json", "flagged"]
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("mine")
    refused = run("--format", "crops", "-o", mine, "--force")
    assert "so --force does not replace it" in str(refused.exception)
    assert "is a file" in str(run("--format", "crops", "-o", mine / "thesis.txt").exception)
    assert (mine / "thesis.txt").read_text() == "mine"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["g", "mine"]


def test_files_need_a_name_and_deeds_are_kept(run, slide, tmp_path):
    for form in ("parquet", "coco", "geojson", "crops"):
        assert "is not written to standard output" in str(run("--format", form).exception)
    assert run("--format", "csv").exit_code == 0
    assert audit_trail(slide, "a") == []
    run("--format", "coco", "-o", tmp_path / "x.json")
    assert [(one.action, one.text) for one in audit_trail(slide, "a")] == [
        ("exported", "coco x.json")
    ]
