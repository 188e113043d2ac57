"""``smearwatch calibrate-site``: a threshold by slides without parasites, or a refusal."""

import json
import re

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from config import SmearwatchError, UsageError, load
from monitor.cli import queries, site
from monitor.count import _slide_info
from monitor.decision import Judge, read_site, site_threshold
from monitor.sources import open_source


@pytest.fixture
def run(store, store_settings):
    app = typer.Typer()
    site.register(app)
    queries.register(app)

    def run(*words):
        where = ["--data-dir", str(store_settings.data_dir)]
        return CliRunner().invoke(app, [*map(str, words), *where])

    return run


@pytest.fixture
def negatives(new_slide, healthy):
    """Six slides of 5,000 cells each, with tails up to 1 to 3."""
    names = []
    for number in range(6):
        scores = healthy(5000, below=1.0 + 0.4 * number)
        scores[-1] = 1.0 + 0.4 * number
        new_slide(f"n{number}", scores)
        names.append(f"n{number}")
    return names


def test_it_keeps_to_the_budget_and_states_what_it_detects(run, negatives, tmp_path, store):
    path = tmp_path / "site.yaml"
    done = run("calibrate-site", *negatives, "-o", path, "--budget", 20_000, "--json")
    assert done.exit_code == 0, done.exception
    told, made = json.loads(done.stdout), read_site(path)
    assert told["threshold"] == made.threshold
    assert made.limit_of_blank_per_ul <= 20_000
    assert made.limit_of_detection_per_ul > made.limit_of_blank_per_ul
    assert [one.slide for one in made.slides] == negatives
    for one in made.slides:
        flagged = Judge(load(environ={})).summary(store, one.slide, made.threshold).flagged
        assert flagged == one.flagged


def test_a_lower_threshold_would_break_the_budget(run, negatives, tmp_path):
    found = []
    for budget in (20_000, 40_000):
        path = tmp_path / f"{budget}.yaml"
        run("calibrate-site", *negatives, "-o", path, "--budget", budget)
        found.append(read_site(path).threshold)
    assert found[0] > found[1]


def test_what_it_has_found_is_said(run, negatives, tmp_path):
    path = tmp_path / "site.yaml"
    said = run("calibrate-site", *negatives, "-o", path, "--budget", 20_000).stdout
    assert "of 30,000 cells of 6 slides without parasites" in said
    assert "detects from" in said
    assert f"decision.site={path}" in said


def test_too_few_cells_are_refused_with_how_many_are_missing(run, negatives, tmp_path):
    path = tmp_path / "site.yaml"
    error = run("calibrate-site", *negatives, "-o", path).exception
    assert isinstance(error, SmearwatchError)
    assert "30,000 scored cells cannot promise 200 parasites/ul" in str(error)
    assert "more cells of slides without parasites are needed" in str(error)
    assert not path.exists()


def test_as_many_as_are_missing_would_do(run, new_slide, healthy, tmp_path):
    names = [f"s{number}" for number in range(4)]
    for name in names:
        new_slide(name, healthy(1000, below=1.0))
    error = str(run("calibrate-site", *names, "-o", tmp_path / "x", "--budget", 5_000).exception)
    more = int(error.split("about ")[1].split(" more", maxsplit=1)[0].replace(",", ""))
    for name in names:
        new_slide(f"{name}b", healthy(1000 + more // 4 + 1, below=1.0))
    again = [f"{name}b" for name in names]
    assert run("calibrate-site", *again, "-o", tmp_path / "x", "--budget", 5_000).exit_code == 0
    budget = error.rsplit("--budget of ", maxsplit=1)[1].split(" ", maxsplit=1)[0].replace(",", "")
    assert run("calibrate-site", *names, "-o", tmp_path / "y", "--budget", budget).exit_code == 0


def test_too_few_slides_are_refused(run, negatives, tmp_path):
    error = run("calibrate-site", *negatives[:3], "-o", tmp_path / "x").exception
    assert "1 more are needed" in str(error)


@pytest.mark.parametrize(
    ("slides", "said"),
    [
        (["n0", "n0"], "named twice"),
        (["n0", "nowhere"], "there is no slide nowhere"),
        (["n0", "other"], "was scored by other-123456789abc"),
        (["n0", "void"], "no scored cell"),
        (["n0", "now"], "is being counted"),
        (["n0", "twice"], "may have cells counted twice"),
        (["n0", "blurred"], "cannot be interpreted, 90% of 50 fields cannot be counted"),
        (["n0", "made"], "slide made is SIMULATED and n0 is not"),
    ],
)
def test_slides_that_do_not_do_are_named(slides, said, run, negatives, new_slide, tmp_path):
    new_slide("other", [0.1], model_id="other-123456789abc")
    new_slide("void", [np.nan])
    new_slide("now", [0.1], finished=False)
    new_slide("twice", [0.1], repeats=True)
    new_slide("blurred", np.full(10, 0.1), rejected=["blurred"] * 45)
    new_slide("made", [0.1], simulated=True)
    error = run("calibrate-site", *slides, "-o", tmp_path / "x").exception
    assert isinstance(error, SmearwatchError)
    assert said in str(error)
    assert "\n" not in str(error)


def test_a_file_that_is_there_is_kept(run, negatives, tmp_path):
    path = tmp_path / "site.yaml"
    path.write_text("mine")
    words = ("calibrate-site", *negatives, "-o", path, "--budget", 20_000)
    assert "exists" in str(run(*words).exception)
    assert path.read_text() == "mine"
    assert run(*words, "--force").exit_code == 0


def test_later_runs_take_its_threshold(run, negatives, tmp_path, draem):
    path = tmp_path / "site.yaml"
    run("calibrate-site", *negatives, "-o", path, "--budget", 20_000)
    settings = load(None, {"decision.site": path}, {})
    source = open_source("simulated:?fields=1", settings)
    assert _slide_info(source, draem, settings).threshold == read_site(path).threshold
    named = load(None, {"decision.site": path, "model.threshold": 7.0}, {})
    assert _slide_info(source, draem, named).threshold == 7.0


def test_the_calibration_of_another_model_is_refused(run, negatives, tmp_path):
    path = tmp_path / "site.yaml"
    run("calibrate-site", *negatives, "-o", path, "--budget", 20_000)
    settings = load(None, {"decision.site": path}, {}).decision
    with pytest.raises(UsageError, match="is for model draem-"):
        site_threshold(settings, "conv-wide-123")


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (r"^threshold: .*", "threshold: .nan", "not finite"),
        (r"^budget_per_ul: .*", "budget_per_ul: .inf", "not finite"),
        (r"^healthy_quantiles: (.|\n)*?\]", "healthy_quantiles: []", "not scores in rising order"),
        (r"^healthy_quantiles: \[", "healthy_quantiles: [9.0e+9, ", "not scores in rising order"),
    ],
)
def test_a_calibration_with_impossible_figures_is_refused(was, now, said, run, negatives, tmp_path):
    path = tmp_path / "site.yaml"
    run("calibrate-site", *negatives, "-o", path, "--budget", 20_000)
    text, changes = re.subn(was, now, path.read_text(), flags=re.MULTILINE)
    assert changes == 1
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_site(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read"),
        ("model_id: [", "is not YAML"),
        ("model_id: a", "missing required field"),
        ("- 1", "Expected `object`"),
    ],
)
def test_a_broken_calibration_is_named(text, said, tmp_path):
    path = tmp_path / "site.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UsageError, match=said) as error:
        Judge(load(None, {"decision.site": path}, {}))
    assert str(path) in str(error.value)


def test_the_summary_says_what_the_counts_mean(run, negatives, new_slide, healthy):
    said = run("summary", "n0").stdout
    assert "undecided: no number of cells decides" in said
    assert "parasites/ul" in said
    new_slide("far", healthy(5000) + 3.0)
    said = run("summary", "far").stdout
    assert "not interpretable: out of domain" in said
    assert "positive" not in said
    assert json.loads(run("summary", "far", "--json").stdout)["decision"]["reasons"]
