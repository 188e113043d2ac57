import csv
import io
import sys

import msgspec
import numpy as np
import pytest
import typer
from pyarrow import parquet
from typer.testing import CliRunner

from config import SmearwatchError, UsageError
from monitor.cli import queries
from monitor.cli import store as store_commands
from monitor.export import CellRow, cell_rows, write_cells
from monitor.store import FieldCells, FieldResult, SlideInfo, field_cells
from monitor.whole_file import whole_file

NONE = (None,) * 4
INFO = SlideInfo("simulated:?seed=1", "simulated", True, False, True, 2, "conv-1", 0.5, "0.1")


@pytest.fixture
def slide(store):
    """A slide of two fields, one with a cell that has no score and one with an awkward name."""
    writer = store.begin("a", INFO, "new")
    for number, (name, scores) in enumerate([('b,"c"\n.jpg', [0.1, np.nan]), ("ü.jpg", [0.7])]):
        count = len(scores)
        boxes = (np.arange(4 * count).reshape(count, 4) + number).astype(np.int32)
        crops = np.zeros((count, 64, 64, 3), np.uint8)
        values = np.array(scores, np.float32)
        worst = np.where(np.isnan(values)[:, None], 0, [10, 12, 20, 30]).astype(np.uint8)
        result = FieldResult(number, name, 0.0, (9, 9), values, boxes, crops, None, worst, 1.0, {})
        writer.commit_field(result)
    writer.finish("ended")
    return [
        CellRow("a", 0, 'b,"c"\n.jpg', 0, 0, 1, 2, 3, float(np.float32(0.1)), False, *NONE),
        CellRow("a", 0, 'b,"c"\n.jpg', 1, 4, 5, 6, 7, None, False, *NONE),
        CellRow("a", 1, "ü.jpg", 0, 1, 2, 3, 4, float(np.float32(0.7)), True, 10, 12, 20, 30),
    ]


@pytest.fixture
def run(store, store_settings):
    """Run a command as a user would."""
    app = typer.Typer()
    queries.register(app)
    store_commands.register(app)

    def run(*words):
        where = ["--data-dir", str(store_settings.data_dir)]
        return CliRunner().invoke(app, [*words, *where])

    return run


@pytest.mark.parametrize("name", ["=1+1.png", "+1.png", "-1.png", "@a.png"])
def test_a_name_that_a_spreadsheet_would_compute_is_text_in_csv(store, run, name):
    boxes, scores = np.zeros((1, 4), np.int32), np.array([0.1], np.float32)
    pictures = (np.zeros((1, 64, 64, 3), np.uint8), None, np.zeros((1, 4), np.uint8))
    field = FieldResult(0, name, 0.0, (9, 9), scores, boxes, *pictures, 1.0, {})
    store.begin("a", INFO, "new").commit_field(field)
    assert f",'{name}," in run("export", "a").stdout
    assert f'"name":"{name}"' in run("export", "a", "--format", "json").stdout


def from_csv(text):
    rows = []
    for row in csv.DictReader(io.StringIO(text, newline="")):
        row["score"] = float(row["score"]) if row["score"] else None
        row["flagged"] = {"true": True, "false": False}[row["flagged"]]
        row |= {key: row[key] or None for key in row if key.startswith("worst_")}
        rows.append(msgspec.convert(row, CellRow, strict=False))
    return rows


def test_csv_gives_every_cell_back(slide, run):
    assert from_csv(run("export", "a").stdout_bytes.decode()) == slide


def test_json_gives_every_cell_back(slide, run):
    output = run("export", "a", "--format", "json").stdout_bytes
    assert msgspec.json.decode(output, type=list[CellRow]) == slide


def test_parquet_gives_every_cell_back(slide, run, tmp_path):
    target = tmp_path / "a.parquet"
    assert run("export", "a", "--format", "parquet", "-o", str(target)).exit_code == 0
    rows = parquet.read_table(target).to_pylist()
    assert [msgspec.convert(row, CellRow) for row in rows] == slide


def test_another_threshold_flags_anew(slide, run):
    rows = from_csv(run("export", "a", "--threshold", "0.05").stdout_bytes.decode())
    assert [row.flagged for row in rows] == [True, False, True]
    # Only cells that were flagged when they were counted are kept with their region.
    assert [row.worst_top for row in rows] == [None, None, 10]


def test_a_cell_that_is_not_flagged_has_no_worst_region(slide, run):
    rows = from_csv(run("export", "a", "--threshold", "0.9").stdout_bytes.decode())
    assert [row.worst_right for row in rows] == [None] * 3


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_a_slide_without_cells_is_an_empty_table(form, tmp_path):
    with whole_file(tmp_path / "out", force=False) as stream:
        write_cells([], form, stream)
    data = (tmp_path / "out").read_bytes()
    if form == "parquet":
        assert parquet.read_table(tmp_path / "out").num_rows == 0
    else:
        header = ",".join(CellRow.__struct_fields__).encode() + b"\n"
        assert data == (header if form == "csv" else b"[]\n")


def test_a_file_is_overwritten_only_with_force(slide, run, tmp_path):
    target = tmp_path / "a.csv"
    target.write_text("mine")
    refused = run("export", "a", "-o", str(target))
    assert isinstance(refused.exception, UsageError)
    assert "--force" in str(refused.exception)
    assert target.read_text() == "mine"
    assert run("export", "a", "-o", str(target), "--force").exit_code == 0
    assert from_csv(target.read_bytes().decode()) == slide


def test_an_export_that_breaks_off_leaves_no_file(tmp_path):
    def broken():
        yield cell_rows(
            "a", FieldCells(0, "x", np.zeros(1, np.float32), np.zeros((1, 4), np.int32), {}), 0.5
        )
        raise SmearwatchError("gone")

    with (
        pytest.raises(SmearwatchError, match="gone"),
        whole_file(tmp_path / "out.csv", force=False) as stream,
    ):
        write_cells(broken(), "csv", stream)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(slide, run, tmp_path):
    result = run("export", "a", "-o", str(tmp_path / "none" / "a.csv"))
    assert isinstance(result.exception, UsageError)
    assert "none/a.csv cannot be written: No such file" in str(result.exception)


def test_without_pyarrow_the_extra_is_named(slide, run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = run("export", "a", "--format", "parquet", "-o", str(tmp_path / "a.parquet"))
    assert "smearwatch[parquet]" in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_slide_replaced_while_it_is_read_is_not_mixed(slide, store, monkeypatch):
    monkeypatch.setattr("monitor.store.cells.AT_ONCE", 1)
    fields = field_cells(store, "a")
    next(fields)
    store.begin("a", INFO, "replace")
    with pytest.raises(SmearwatchError, match="replaced while it was read"):
        next(fields)


def test_summary_tells_a_person_what_was_counted_and_that_it_is_simulated(slide, run):
    text = run("summary", "a").stdout
    for words in ("SIMULATED", "complete", "3 in 2 fields", "looks unhealthy", "1 flagged"):
        assert words in text
    assert "50.00% (95 % interval 9.45% to 90.55%)" in text
    assert "infected" not in text


def test_json_output_is_json_and_nothing_else(slide, run):
    summary = msgspec.json.decode(run("summary", "a", "--json").stdout_bytes)
    assert (summary["cells"], summary["flagged"], summary["simulated"]) == (3, 1, True)
    assert summary["decision"]["reasons"] == ["33% of the cells could not be scored"]
    listed = msgspec.json.decode(run("slides", "--json").stdout_bytes)
    assert listed == [summary | {"decision": None}]
    assert msgspec.json.decode(run("store", "status", "--json").stdout_bytes)["slides"] == 1


def test_slides_lists_them_or_says_how_to_begin(store, run):
    assert "smearwatch run SOURCE" in run("slides").stdout
    store.begin("slide-7", INFO, "new")
    assert "slide-7" in run("slides").stdout


def test_a_threshold_that_no_score_can_reach_is_refused(slide, run):
    assert isinstance(run("summary", "a", "--threshold", "nan").exception, UsageError)
