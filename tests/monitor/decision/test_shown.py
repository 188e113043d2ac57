"""Decisions are shown while a slide is counted, and in words."""

import numpy as np
import pytest

from monitor.decision import Judge
from monitor.statistics.decision import Decision
from monitor.view import Glance, LineView
from monitor.wording import corrected, excluded, limit_of_detection, verdict


def decision(kind, *reasons, **values):
    return Decision(kind, reasons, 0.95, 5e6, 200.0, **values)


def test_a_glance_brings_the_decision(new_slide, healthy, store, settings):
    new_slide("a", [*healthy(4500, below=1.0), *np.full(500, 5.0)], finished=False)
    glance = Glance(store, "a", 0.0, Judge(settings()))
    assert glance.look()
    assert glance.summary.state == "counting"
    assert glance.summary.decision.verdict == "positive"


def test_a_line_tells_it(new_slide, healthy, store, settings, monkeypatch, capsys):
    monkeypatch.setattr("monitor.view.LINE_S", 0.0)
    new_slide("a", healthy(3000, below=1.0), finished=False)
    LineView(store, "a", Judge(settings())).turn()
    assert "; undecided: no number of cells decides at 200 parasites/ul" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (decision("positive"), "positive: more cells flagged than without parasites, 95% sure"),
        (decision("negative", excluded_above_per_ul=157.3), "negative above 160 parasites/ul"),
        (decision("undecided", "too few"), "undecided: too few"),
        (decision("not_interpretable", "a", "b"), "not interpretable: a; b"),
    ],
)
def test_every_verdict_has_words(made, said):
    assert verdict(made).startswith(said)
    assert "malaria" not in verdict(made)
    assert "infected" not in verdict(made)


def test_figures_that_are_not_known_are_not_shown():
    bare = decision("undecided", "x")
    assert corrected(bare) == limit_of_detection(bare) == excluded(bare) == ""


def test_a_limit_that_nothing_reaches_is_said():
    made = decision("undecided", "x", limit_of_blank=0.5)
    assert limit_of_detection(made) == "no number of parasites with these cells"
