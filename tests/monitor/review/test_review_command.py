"""``smearwatch review`` as programs use it."""

import csv
import io

import msgspec
import pytest
from typer.testing import CliRunner

from config import SmearwatchError
from monitor.cli.main import app
from monitor.store import (
    audit_trail,
    review_log,
    sampled_places,
    standing_reviews,
    this_user,
)

FLAGGED = [(field, cell) for field in range(3) for cell in range(2)]


@pytest.fixture
def run(store, store_settings):
    def run(*words):
        where = ["--data-dir", str(store_settings.data_dir)]
        return CliRunner().invoke(app, ["review", *map(str, words), *where])

    return run


def table(tmp_path, text, name="reviews.csv"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def lines(places, judgement, reviewer="Ada", stage=""):
    return [f"{field},{cell},{reviewer},{judgement},{stage}" for field, cell in places]


HEAD = "field,cell,reviewer,judgement,stage"


def refusal(result):
    assert isinstance(result.exception, SmearwatchError), result.output
    line = str(result.exception)
    assert "\n" not in line
    return line


def test_reviews_of_a_file_give_counts_agreement_and_reviewed_parasitemia(slide, run, tmp_path):
    drawn = [place for place in sampled_places(slide, "a") if place not in FLAGGED]
    rows = [
        HEAD,
        *lines(FLAGGED[:4], "infected", stage="ring"),
        *lines(FLAGGED[4:], "healthy"),
        *lines(drawn, "healthy"),
        *lines(FLAGGED[1:4], "infected", "Bo"),
        *lines(drawn[:7], "healthy", "Bo"),
        *lines(FLAGGED[:1], "unsure", "Bo"),
    ]
    result = run("a", "--import", table(tmp_path, "\n".join(rows)), "--json")
    assert result.exit_code == 0, result.output
    state = msgspec.json.decode(result.stdout_bytes)
    assert state["reviewers"] == {"Ada": 6 + len(drawn), "Bo": 11}
    assert state["verdicts"] == {"infected": 3, "disputed": 1, "healthy": 2 + len(drawn)}
    assert state["stages"] == {"ring": 3}
    assert state["flagged"] == {"cells": 6, "infected": 3, "healthy": 2, "open": 1}
    assert state["sampled"] == {
        "cells": len(drawn),
        "infected": 0,
        "healthy": len(drawn),
        "open": 0,
    }
    assert (state["agreement"]["cells"], state["agreement"]["equal"]) == (11, 10)
    assert state["agreement"]["measure"] == "cohen"
    assert 0.5 < state["agreement"]["kappa"] < 1
    assert state["parasitemia"]["value"] == pytest.approx(3 / 5 * 6 / 60)
    assert state["parasitemia"]["low"] == pytest.approx(3 / 60)
    assert state["parasitemia"]["high"] > 4 / 60
    assert state["parasitemia_automatic"] == pytest.approx(6 / 57)


def test_a_slide_without_reviews_says_so(slide, run):
    state = msgspec.json.decode(run("a", "--json").stdout_bytes)
    assert state["reviewed"] == 0
    assert state["parasitemia"] == {"value": None, "low": 0.0, "high": 1.0}
    assert state["agreement"]["kappa"] is None
    assert "no cell yet" in run("a").stdout
    assert "not known yet" in run("a").stdout


def test_another_threshold_moves_cells_from_one_stratum_to_the_other(slide, run):
    state = msgspec.json.decode(run("a", "--json", "--threshold", "0.8").stdout_bytes)
    assert state["flagged"]["cells"] == 3


def test_what_is_exported_can_be_imported_and_adds_nothing(slide, run, tmp_path):
    comment = '"said ""so"", twice"'
    head = "judgement,comment,field,cell,at"
    rows = f"{head}\ninfected,{comment},0,1,2026-11-23T09:00:00Z\nunsure,,2,0,\n"
    assert run("a", "--import", table(tmp_path, rows), "--reviewer", "Bo").exit_code == 0
    before = standing_reviews(slide, "a")
    assert before[0].comment == 'said "so", twice'
    out = tmp_path / "out.csv"
    assert run("a", "--export", out).exit_code == 0
    assert "2 reviews read, 0 of them new" in run("a", "--import", out).stderr
    assert standing_reviews(slide, "a") == before
    printed = list(csv.DictReader(io.StringIO(run("a", "--export", "-").stdout)))
    assert [row["reviewer"] for row in printed] == ["Bo", "Bo"]
    assert "exists: overwrite it with --force" in refusal(run("a", "--export", out))


def test_undo_takes_back_the_last_ones_of_one_person(slide, run, tmp_path):
    run("a", "--import", table(tmp_path, "\n".join([HEAD, *lines(FLAGGED, "infected")])))
    assert "2 reviews of Ada taken back" in run("a", "--undo", 2, "--reviewer", "Ada").stderr
    assert len(standing_reviews(slide, "a")) == 4
    assert "give --reviewer NAME" in refusal(run("a", "--undo", 2))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{HEAD}\n0,0,Ada,infected,\n0,1,Ada,ill,\n0,x,Ada,healthy,\n", "line 3: judgement 'ill'"),
        (f"{HEAD}\n0,0,Ada,infected,\n0,x,Ada,healthy,\n", "line 3: cell 'x' is no number"),
        (f"{HEAD}\n0,0,Ada,infected,\n7,3,Ada,healthy,\n", "line 3: slide a has no cell 7:3"),
        (f"{HEAD}\n0,0,Ada,infected,\n0,1,,healthy,\n", "line 3: no reviewer"),
        (f"{HEAD}\n0,0,Ada,infected,\n0,1,Ada,healthy,ring\n", "only an infected cell has one"),
        (f"{HEAD}\n0,0,Ada,infected,\n0,1,Ada\n", "line 3: has not as many values"),
        ("field,cell,judgment\n0,0,infected\n", "must name the columns field, cell, judgement"),
        ("", "it names none"),
        ("\x00\x01", "must name the columns"),
    ],
)
def test_a_bad_row_is_named_by_its_line_and_nothing_is_written(slide, run, tmp_path, text, said):
    assert said in refusal(run("a", "--import", table(tmp_path, text)))
    assert review_log(slide, "a") == []


def test_many_bad_rows_are_named_and_counted(slide, run, tmp_path):
    rows = "\n".join([HEAD, *lines([(0, 1)] * 9, "ill")])
    said = refusal(run("a", "--import", table(tmp_path, rows)))
    assert "line 2:" in said
    assert "and 4 lines more" in said


def test_files_and_slides_that_are_not_there_are_named(slide, run, tmp_path):
    assert "no.csv cannot be read: No such file" in refusal(
        run("a", "--import", tmp_path / "no.csv")
    )
    assert "no slide aa; did you mean a" in refusal(run("aa"))
    both = run("a", "--import", tmp_path / "x", "--export", tmp_path / "y")
    assert "--import and --export: give one of them" in refusal(both)


def test_reports_crops_and_the_audit_trail_show_what_reviewers_said(slide, run, tmp_path):
    rows = [HEAD, *lines(FLAGGED[:2], "infected", stage="ring"), *lines(FLAGGED[2:3], "healthy")]
    assert run("a", "--import", table(tmp_path, "\n".join(rows))).exit_code == 0
    where = ["--data-dir", str(slide.settings.data_dir)]
    report = CliRunner().invoke(app, ["report", "a", "--json", *where])
    assert report.exit_code == 0, report.output
    told = msgspec.json.decode(report.stdout_bytes)
    assert told["reviewed"] == {"infected, ring": 2, "healthy": 1}
    crops = tmp_path / "crops"
    done = CliRunner().invoke(app, ["export", "a", "--format", "crops", "-o", str(crops), *where])
    assert done.exit_code == 0, done.output
    found = {
        folder.name: len(list(folder.iterdir())) for folder in crops.iterdir() if folder.is_dir()
    }
    assert found == {"infected": 2, "healthy": 1, "flagged": 3}
    assert [(deed.action, deed.who) for deed in audit_trail(slide, "a")][:1] == [
        ("reviewed", this_user())
    ]
