"""From scores to everything that is said of them: intervals, stages, what cannot be said."""

import numpy as np
import pytest
from numpy.typing import NDArray

from workers.evaluation.bootstrap import Resampling, intervals
from workers.evaluation.evaluate import LEAST_OF_A_STAGE, evaluate
from workers.evaluation.measures import sensitivity
from workers.evaluation.scored import ScoredCells

QUICK = Resampling(resamples=100)
GROUPS = 40


def scored(
    scores: NDArray[np.floating], labels: NDArray[np.str_] | list[str], groups: NDArray[np.integer]
) -> ScoredCells:
    return ScoredCells(
        np.asarray(scores, np.float32),
        np.asarray(labels) != "uninfected",
        np.asarray(labels),
        np.asarray(groups, np.int32),
        np.zeros((len(scores), 2), np.float16),
    )


def drawn(seed: int, healthy: int = 400, infected: int = 100, groups: int = 10) -> ScoredCells:
    chance = np.random.default_rng(seed)
    scores = np.concatenate([chance.normal(0, 1, healthy), chance.normal(2, 1, infected)])
    labels = ["uninfected"] * healthy + ["ring"] * infected
    return scored(scores, labels, np.arange(len(scores)) % groups)


def patients_that_differ(seed: int) -> ScoredCells:
    """Patients of 50 infected cells, each with a sensitivity of its own, 0.6 on average."""
    chance = np.random.default_rng(seed)
    share = np.repeat(chance.uniform(0.3, 0.9, GROUPS), 50)
    scores = np.concatenate([chance.random(len(share)) < share, np.zeros(GROUPS)])
    labels = ["infected"] * len(share) + ["uninfected"] * GROUPS
    groups = np.concatenate([np.repeat(np.arange(GROUPS), 50), np.arange(GROUPS)])
    return scored(scores, labels, groups)


def held(cells: ScoredCells) -> bool:
    [interval] = intervals(cells, [lambda curve: sensitivity(curve, 0.5)], QUICK)
    assert interval is not None
    return interval[0] <= 0.6 <= interval[1]


def test_intervals_hold_the_truth_about_as_often_as_they_promise() -> None:
    times = sum(held(patients_that_differ(seed)) for seed in range(100))
    assert 86 <= times <= 100


def test_intervals_by_cells_instead_of_patients_would_not() -> None:
    """The patients, not the cells, make the difference: this is what the groups are for."""
    apart = [patients_that_differ(seed) for seed in range(60)]
    single = [scored(cells.scores, cells.labels, np.arange(len(cells))) for cells in apart]
    assert sum(held(cells) for cells in single) < 45


def test_intervals_hold_their_figures_and_follow_the_seed() -> None:
    found = evaluate(drawn(0), 1, how=QUICK)
    for name, interval in found.measured.intervals.items():
        value = found.measured.figures[name]
        if value is None:
            assert interval is None
        else:
            assert interval is not None
            assert interval[0] <= value <= interval[1]
    assert evaluate(drawn(0), 1, how=QUICK) == found
    assert evaluate(drawn(0), 1, how=Resampling(100, seed=1)).measured != found.measured


def test_fewer_than_three_groups_give_no_interval() -> None:
    found = evaluate(drawn(0, groups=2), 1, how=QUICK).flat()
    assert found["auroc"] is not None
    assert set(found["intervals"].values()) == {None}
    assert "2 groups with infected cells" in found["reasons"]["intervals"]


def test_groups_without_infected_cells_do_not_count_for_intervals() -> None:
    cells = drawn(0)
    one_patient = scored(cells.scores, cells.labels, np.where(cells.infected, 3, cells.groups))
    found = evaluate(one_patient, 1, how=QUICK)
    assert "1 group with infected cells" in found.measured.reasons["intervals"]


@pytest.mark.parametrize(("healthy", "said"), [(9_999, False), (10_000, True)])
def test_small_false_positive_rates_need_enough_healthy_cells(healthy: int, said: bool) -> None:
    found = evaluate(drawn(0, healthy), 1, how=QUICK).flat()
    name = "sensitivity_at_false_positive_rate_1e-3"
    assert (found[name] is not None) == (found["intervals"][name] is not None) == said
    assert found["sensitivity_at_false_positive_rate_1e-4"] is None
    reason = found["reasons"].get(name, "")
    assert reason == ("" if said else "cannot be said from 9,999 healthy cells: needs 10,000")


def test_unscored_cells_are_counted_and_in_no_figure() -> None:
    cells = drawn(0)
    with_holes = cells.scores.copy()
    with_holes[[0, 1, -1]] = np.nan
    found = evaluate(scored(with_holes, cells.labels, cells.groups), 1, how=QUICK)
    rest = evaluate(cells.only(np.isfinite(with_holes)), 1, how=QUICK)
    assert (found.cells, found.healthy, found.infected, found.unscored) == (500, 400, 100, 3)
    assert found.measured == rest.measured
    matrix = found.confusion_matrix
    assert matrix.true_positives + matrix.false_negatives == 99
    assert matrix.false_positives + matrix.true_negatives == 398


def test_missed_and_unscored_cells_lower_the_sensitivity_per_annotated_cell() -> None:
    cells = scored(
        np.array([0, 0, 9, 9, 0, np.nan]), ["uninfected"] * 2 + ["ring"] * 4, np.arange(6)
    )
    found = evaluate(cells, 5, np.array(["ring", "schizont", "ring"]), QUICK)
    assert found.missed_by_segmenter == {"ring": 2, "schizont": 1}
    assert found.measured.figures["sensitivity_at_threshold"] == pytest.approx(2 / 3, abs=1e-6)
    assert found.sensitivity_per_annotated_cell == pytest.approx(2 / 7, abs=1e-6)
    assert evaluate(cells, 5, how=QUICK).sensitivity_per_annotated_cell is None


def test_stages_are_told_from_all_healthy_cells() -> None:
    cells = drawn(0)
    labels = cells.labels.astype("U12")
    labels[-30:] = "trophozoite"
    labels[-34:-30] = "gametocyte"
    scores = cells.scores.copy()
    scores[-30:] += 100
    found = evaluate(scored(scores, labels, cells.groups), 50, how=QUICK).flat()
    stages = found["by_stage"]
    assert list(stages) == ["gametocyte", "ring", "trophozoite"]
    assert stages["trophozoite"]["cells"] == 30
    assert stages["trophozoite"]["auroc"] == 1
    assert stages["trophozoite"]["intervals"]["auroc"] == (1, 1)
    assert stages["trophozoite"]["sensitivity_at_threshold"] == 1
    assert stages["ring"]["auroc"] < 1
    assert stages["ring"]["sensitivity_at_threshold"] == 0
    assert stages["gametocyte"]["cells"] == LEAST_OF_A_STAGE - 1
    assert stages["gametocyte"]["auroc"] is None
    assert stages["gametocyte"]["reasons"]["auroc"] == "cannot be said from 4 cells: needs 5"


def test_a_threshold_that_flags_nothing_has_no_precision() -> None:
    found = evaluate(drawn(0), 1000, how=QUICK).flat()
    assert found["precision"] is None
    assert found["reasons"]["precision"] == "no cell is flagged"
    assert found["recall"] == found["f1"] == 0
