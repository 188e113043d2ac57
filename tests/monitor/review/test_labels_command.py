"""``smearwatch labels export`` and what reads it."""

import csv

import msgspec
import numpy as np
import pytest
from typer.testing import CliRunner

from config import SmearwatchError, load
from monitor.cli.main import app
from monitor.store import Review, add_reviews, flagged_cells
from workers.training.datasets import DataError, find_sets, read_set
from workers.training.datasets.reviewed_cells import as_cut, fifth_of, groups_of, on_black


@pytest.fixture
def run(store, store_settings):
    def run(*words):
        where = ["--data-dir", str(store_settings.data_dir)]
        return CliRunner().invoke(app, ["labels", "export", *map(str, words), *where])

    return run


@pytest.fixture
def reviewed(slide):
    add_reviews(
        slide,
        "a",
        [
            Review(0, 0, "Ada", "infected", "ring"),
            Review(0, 0, "Bo", "infected"),
            Review(1, 0, "Ada", "infected"),
            Review(2, 0, "Ada", "healthy"),
            Review(0, 1, "Ada", "unsure"),
            Review(1, 1, "Ada", "infected"),
            Review(1, 1, "Bo", "healthy"),
        ],
    )
    return slide


def refusal(result):
    assert isinstance(result.exception, SmearwatchError), result.output
    return str(result.exception)


def test_the_set_holds_what_all_agree_on_and_reads_as_it_was_counted(reviewed, run, tmp_path):
    out = tmp_path / "mine"
    said = msgspec.json.decode(run("-o", out, "--json").stdout_bytes)
    assert (said["cells"], said["infected"], said["healthy"]) == (3, 2, 1)
    assert said["left_out"] == {"unsure": 1, "disputed": 1}
    cells = read_set(out, load(environ={}), 0)
    assert cells.labels.tolist() == ["ring", "infected", "uninfected"]
    crops = {(one.field, one.cell): one.crop for one in flagged_cells(reviewed, "a", 9)}
    for crop, place in zip(cells.crops, [(0, 0), (1, 0), (2, 0)], strict=True):
        assert np.array_equal(crop, crops[place])
    assert (cells.groups % 5 == fifth_of("a")).all()
    assert find_sets(out) == [out]


def test_the_same_cells_have_the_same_version_and_others_another(reviewed, run, tmp_path):
    first, again, more = (tmp_path / name for name in ("first", "again", "more"))
    versions = [msgspec.json.decode(run("-o", p, "--json").stdout_bytes) for p in (first, again)]
    add_reviews(reviewed, "a", [Review(2, 1, "Ada", "healthy")])
    versions.append(msgspec.json.decode(run("-o", more, "--json").stdout_bytes))
    contents = [one["version"].split("-")[1] for one in versions]
    assert contents[0] == contents[1] != contents[2]
    assert (first / "cells.zip").read_bytes() == (again / "cells.zip").read_bytes()


def test_the_table_is_one_of_single_cells_with_slides_for_patients(reviewed, run, tmp_path):
    run("-o", tmp_path / "mine")
    with (tmp_path / "mine" / "cells.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["infected"] for row in rows] == ["1", "1", "0"]
    assert {row["patient"] for row in rows} == {"a"}
    assert [row["reviewers"] for row in rows] == ["2", "1", "1"]


def test_a_slide_stays_in_its_part_when_others_come(slide):
    names = [f"slide-{number}" for number in range(300)]
    few, many = groups_of(names[:20]), groups_of(names)
    assert (few % 5).tolist() == (many % 5)[:20].tolist()
    assert len(set(many.tolist())) == 300
    shares = np.bincount(many % 5) / 300
    assert shares.min() > 0.13
    assert shares.max() < 0.27


def test_a_crop_comes_back_from_its_picture_but_for_pure_black():
    crop = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    crop[:9] = 255
    crop[20, 20] = 0
    back = as_cut(on_black(crop))
    crop[20, 20] = 1
    assert np.array_equal(back, crop)


def test_simulated_slides_are_left_out_unless_asked_for(store, run, tmp_path, info, field):
    writer = store.begin("s", msgspec.structs.replace(info, simulated=True), "new")
    writer.commit_field(field(0, [0.9]))
    add_reviews(store, "s", [Review(0, 0, "Ada", "infected")])
    assert "no reviewed cell to export (1 simulated)" in refusal(run("-o", tmp_path / "x"))
    assert run("-o", tmp_path / "x", "--simulated").exit_code == 0


def test_what_stands_in_the_way_is_named_and_nothing_is_written(slide, run, tmp_path):
    assert "no reviewed cell to export" in refusal(run("-o", tmp_path / "x"))
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "mine").mkdir()
    assert "exists: name another folder" in refusal(run("-o", tmp_path / "mine"))
    assert "is not overwritten" in refusal(run("-o", tmp_path / "mine", "--overwrite"))


def test_a_broken_set_is_named(reviewed, run, tmp_path):
    out = tmp_path / "mine"
    run("-o", out)
    (out / "cells.zip").write_bytes((out / "cells.zip").read_bytes()[:200])
    with pytest.raises(DataError, match=r"cells\.csv and cells\.zip cannot be read"):
        read_set(out, load(environ={}), 0)
    (out / "set.json").write_text("{}")
    with pytest.raises(DataError, match=r"set\.json cannot be read"):
        read_set(out, load(environ={}), 0)
