"""Each rule against scores of a known distribution."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from workers.thresholds.budget import budget
from workers.thresholds.choose import choose, in_words
from workers.thresholds.f_beta import f_beta
from workers.thresholds.false_positives import false_positives
from workers.thresholds.manual import manual
from workers.thresholds.mean_sigma import mean_sigma
from workers.thresholds.pareto import Pareto
from workers.thresholds.sample import GroupedScores
from workers.thresholds.threshold import (
    Budget,
    FBeta,
    Manual,
    MeanSigma,
    ThresholdError,
    Youden,
)
from workers.thresholds.youden import youden

LAWS = {"exponential": stats.expon(), "Pareto": stats.genpareto(1.0), "normal": stats.norm()}
SLIDES = 20


def sample(law: str = "exponential", cells: int = 4000, seed: int = 0) -> GroupedScores:
    scores = LAWS[law].rvs(cells, random_state=np.random.default_rng(seed))
    return GroupedScores.of(scores, np.arange(cells) % SLIDES)


@pytest.mark.parametrize("law", LAWS)
def test_the_interval_of_a_budget_beyond_the_cells_covers_the_truth(law: str) -> None:
    truth = LAWS[law].isf(200e-6)
    chosen = [budget(sample(law, 2000, seed), 200) for seed in range(10)]
    covered = [low <= truth <= high for low, high in (one.interval for one in chosen)]
    assert np.mean(covered) >= 0.7
    rates = [LAWS[law].sf(one.value) * 1e6 for one in chosen]
    assert 60 < np.median(rates) < 600


@pytest.mark.parametrize("shape", [-0.3, 0.0, 0.5, 1.0])
def test_a_pareto_law_is_found_again(shape: float) -> None:
    excesses = np.sort(stats.genpareto(shape, scale=3.0).rvs(4000, random_state=1))
    law = Pareto.fit(excesses)
    assert law.shape == pytest.approx(shape, abs=0.1)
    assert law.scale == pytest.approx(3.0, rel=0.1)
    assert law.survival(np.array([law.excess(0.01)]))[0] == pytest.approx(0.01)


def test_a_budget_that_can_be_counted_is_kept_exactly() -> None:
    healthy = sample()
    chosen = budget(healthy, 5000)
    assert (np.array(healthy.tail) >= chosen.value).sum() == 20
    assert chosen.false_positives.per_million == 5000
    assert chosen.false_positives.low < 5000 < chosen.false_positives.high
    assert chosen.warning is None


@pytest.mark.parametrize("seed", range(20))
def test_a_budget_between_what_is_counted_and_what_is_fitted_is_kept(seed: int) -> None:
    scores = np.random.default_rng(seed).lognormal(size=4889)
    chosen = budget(GroupedScores.of(scores, np.arange(4889) % SLIDES), 2000)
    assert (scores >= chosen.value).mean() <= 0.002


def test_equal_scores_do_not_break_a_budget() -> None:
    healthy = GroupedScores.of(np.repeat([1.0, 2.0], [950, 50]))
    assert budget(healthy, 30_000).value > 2.0
    assert budget(healthy, 50_000).value == 2.0


def test_a_budget_that_the_cells_cannot_promise_is_said_so() -> None:
    said = budget(sample(cells=2000), 100).warning
    assert "2,000 healthy cells can promise 5,000 false ones per million, not 100" in said
    assert "100,000 would be enough" in said


def test_too_few_cells_for_a_fit_flag_what_scores_above_all_of_them() -> None:
    chosen = budget(GroupedScores.of([1.0, 2.0]), 100)
    assert 2 < chosen.value < 2.001
    assert "rests on the few largest scores beyond the largest score seen" in chosen.warning
    assert "one slide or patient only" in chosen.warning


def test_slides_that_differ_widen_the_interval() -> None:
    scores = np.random.default_rng(0).exponential(size=4000)
    slides = np.arange(4000) % 8
    alike = budget(GroupedScores.of(scores, slides), 10_000).interval
    apart = budget(GroupedScores.of(scores * (1 + slides / 4), slides), 10_000)
    width = (apart.interval[1] - apart.interval[0]) / apart.value
    assert width > 1.5 * (alike[1] - alike[0]) / budget(GroupedScores.of(scores), 10_000).value


@settings(max_examples=5, deadline=None)
@given(st.tuples(st.floats(1, 500_000), st.floats(1, 500_000)), st.sampled_from(sorted(LAWS)))
def test_a_smaller_budget_never_lowers_the_threshold(budgets: tuple, law: str) -> None:
    healthy = sample(law, 1000)
    strict, loose = (budget(healthy, per_million).value for per_million in sorted(budgets))
    assert strict >= loose


@settings(max_examples=5, deadline=None)
@given(st.floats(0.01, 100), st.floats(-100, 100), st.sampled_from([50_000.0, 200.0]))
def test_a_change_of_unit_changes_the_threshold_alike(
    scale: float, shift: float, per_million: float
) -> None:
    healthy = sample(cells=1000)
    other = GroupedScores.of(np.array(healthy.tail) * scale + shift, healthy.tail_groups)
    for rule in (Budget(per_million), MeanSigma(3)):
        value = choose(rule, healthy).value
        expected = pytest.approx(value * scale + shift, rel=1e-4, abs=1e-4)
        assert choose(rule, other).value == expected


def test_the_kept_tail_gives_the_same_as_all_scores() -> None:
    healthy = sample()
    kept = healthy.largest(500)
    for rule in (Budget(100), Budget(20_000), MeanSigma(3)):
        assert choose(rule, kept).value == choose(rule, healthy).value
        whole, part = (choose(rule, one).false_positives for one in (healthy, kept))
        assert part.per_million == whole.per_million
        assert part.high == pytest.approx(whole.high, rel=0.3)


def test_what_was_not_kept_is_refused() -> None:
    kept = sample().largest(500)
    with pytest.raises(ThresholdError, match="only the 500 largest scores are kept"):
        budget(kept, 200_000)
    with pytest.raises(ThresholdError, match="are not kept"):
        mean_sigma(kept, 0.1)
    with pytest.raises(ThresholdError, match="needs all scores"):
        youden(kept, GroupedScores.of([1.0]))


def test_mean_sigma_of_normal_scores_flags_what_the_textbook_says() -> None:
    chosen = mean_sigma(sample("normal", 20_000), 3)
    assert chosen.value == pytest.approx(3, abs=0.1)
    assert chosen.false_positives.low < 1350 < chosen.false_positives.high
    assert chosen.interval[0] < 3 < chosen.interval[1]


def test_youden_of_two_normals_lies_half_way() -> None:
    infected = GroupedScores.of(np.random.default_rng(1).normal(3, 1, 4000))
    chosen = youden(sample("normal"), infected)
    assert chosen.value == pytest.approx(1.5, abs=0.25)
    assert chosen.interval[0] <= chosen.value <= chosen.interval[1]


def test_the_interval_allows_for_infected_cells_that_are_alike_within_a_slide() -> None:
    chance = np.random.default_rng(1)
    slides = np.repeat(np.arange(6), 100)
    scores = np.repeat([2.0, 2.5, 3.0, 3.5, 4.0, 6.0], 100) + chance.normal(0, 0.1, 600)
    healthy = sample("normal", 3000)
    alike, alone = (
        youden(healthy, GroupedScores.of(scores, groups)).interval
        for groups in (slides, np.arange(600))
    )
    assert alike[1] - alike[0] > 1.5 * (alone[1] - alone[0])


def test_past_the_largest_healthy_score_the_rate_is_not_said_to_be_nothing() -> None:
    healthy = GroupedScores.of(np.random.default_rng(0).uniform(0, 1, 5000))
    rate = false_positives(healthy, 2.0)
    assert rate.high >= 3e6 / 5000


def test_f_beta_rises_as_infected_cells_get_rarer() -> None:
    infected = GroupedScores.of(np.random.default_rng(1).normal(3, 1, 500))
    values = [
        f_beta(sample("normal"), infected, 1, share).value for share in (0.5, 0.1, 0.01, 0.001)
    ]
    assert values == sorted(values)
    assert values[-1] > values[0] + 1


def test_a_larger_beta_finds_more() -> None:
    infected = GroupedScores.of(np.random.default_rng(1).normal(3, 1, 500))
    assert f_beta(sample("normal"), infected, 4, 0.1).value < (
        f_beta(sample("normal"), infected, 0.25, 0.1).value
    )


def test_a_named_value_says_what_it_flags() -> None:
    assert manual(2.0, sample()).false_positives.per_million == pytest.approx(
        1e6 * np.exp(-2), rel=0.1
    )
    assert manual(2.0).false_positives is None
    assert "not known" in manual(2.0).warning


def test_few_cells_that_reach_nothing_promise_no_zero() -> None:
    rate = manual(9.0, GroupedScores.of([1.0, 2.0, 3.0])).false_positives
    assert (rate.per_million, rate.high) == (0, 1e6)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (Budget(0), "budget 0 must lie within 0 and a million"),
        (Budget(1_000_000), "must lie within 0 and a million"),
        (Budget(float("nan")), "must lie within"),
        (MeanSigma(-1), "sigma -1 must be a finite number above 0"),
        (Manual(float("inf")), "not a number that a score can reach"),
        (FBeta(0), "beta 0 must be"),
        (FBeta(1, 1.5), "prevalence 1.5 must lie"),
    ],
)
def test_senseless_rules_are_refused(rule: object, message: str) -> None:
    with pytest.raises(ThresholdError, match=message):
        choose(rule, sample(cells=300), GroupedScores.of([1.0, 2.0]))


def test_missing_cells_are_named() -> None:
    with pytest.raises(ThresholdError, match="keeps no healthy scores"):
        choose(Budget(100), None)
    with pytest.raises(ThresholdError, match="needs infected cells"):
        choose(Youden(), sample(cells=300))
    with pytest.raises(ThresholdError, match="infected cells: no scores"):
        GroupedScores.of([], cells="infected cells")
    with pytest.raises(ThresholdError, match="1 of 2 scores are not finite"):
        GroupedScores.of([1.0, float("nan")])
    with pytest.raises(ThresholdError, match="2 scores, but 1 groups"):
        GroupedScores.of([1.0, 2.0], [0])


def test_rules_are_said_in_words() -> None:
    rules = (Budget(200), MeanSigma(3), FBeta(2), FBeta(1, 0.01), Youden(), Manual(1.0))
    assert len({in_words(rule) for rule in rules}) == len(rules)
    assert in_words(Budget(1500)) == "at most 1,500 false cells per million healthy ones"
