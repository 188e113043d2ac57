"""What the counts of a slide mean, from its scores in the store."""

import msgspec
import numpy as np
import pytest

from monitor.decision import Judge, Site, counts_of, dump_site
from monitor.decision.site import SiteSlide
from monitor.store import scores_by_field, slide_scores


def judged(store, settings, slide="a", **values):
    return Judge(settings(**values)).summary(store, slide).decision


@pytest.fixture
def site(draem, tmp_path):
    """A calibration by which one healthy cell in 100,000 is flagged."""
    slides = tuple(SiteSlide(f"n{number}", 200_000, 2) for number in range(20))
    at = draem.card.threshold
    made = Site(
        draem.model_id, at, 200.0, 5e6, 100.0, 200.0, slides, draem.card.healthy_quantiles, "", ""
    )
    path = tmp_path / "site.yaml"
    path.write_bytes(dump_site(made))
    return path


def test_a_healthy_slide_is_undecided_by_the_shipped_model_which_says_why(
    new_slide, healthy, store, settings
):
    new_slide("a", healthy(5000, below=1.0))
    found = judged(store, settings)
    assert found.verdict == "undecided"
    assert "no number of cells decides at 200 parasites/ul" in found.reasons[0]
    assert found.cells_to_decide is None
    assert found.decidable_from_per_ul > 50_000
    assert found.parasites_per_ul == 0.0
    assert found.excluded_above_per_ul > 1000
    assert "card of draem" in found.background
    assert found.background_slides == 4


def test_a_heavy_infection_is_positive(new_slide, healthy, store, settings):
    new_slide("a", [*healthy(4500, below=1.0), *np.full(500, 5.0)])
    found = judged(store, settings)
    assert found.verdict == "positive"
    assert found.reasons == ()
    assert found.cells_to_decide == 0
    assert found.parasites_per_ul_low < found.parasites_per_ul < found.parasites_per_ul_high
    assert found.parasites_per_ul == pytest.approx(5e6 * found.parasitemia_corrected)
    assert found.exact_low < 0.1 < found.exact_high
    assert found.anytime_low < found.exact_low < found.exact_high < found.anytime_high


def test_a_site_that_knows_its_background_decides(new_slide, healthy, store, settings, site):
    new_slide("a", healthy(200_000, below=1.0))
    found = judged(store, settings, site=site, target_parasites_per_ul=2000)
    assert found.verdict == "negative"
    assert found.excluded_above_per_ul < 2000
    assert found.background == "20 slides of the site"


def test_how_many_more_cells_is_said(new_slide, healthy, store, settings, site):
    new_slide("a", healthy(2000, below=1.0))
    found = judged(store, settings, site=site, target_parasites_per_ul=2000)
    assert found.verdict == "undecided"
    assert found.cells_to_decide > 1000
    assert f"about {found.cells_to_decide:,} more cells" in found.reasons[0]


def test_red_cells_of_the_patient_make_the_density(new_slide, healthy, store, settings):
    new_slide("a", [*healthy(4500, below=1.0), *np.full(500, 5.0)])
    whole, half = (judged(store, settings, rbc_per_ul=rbc) for rbc in (5e6, 2.5e6))
    assert half.parasites_per_ul == pytest.approx(whole.parasites_per_ul / 2)


def test_another_stain_is_out_of_domain_and_never_infected(new_slide, healthy, store, settings):
    new_slide("a", healthy(5000) + 3.0)
    found = judged(store, settings)
    assert found.verdict == "not_interpretable"
    assert "out of domain" in found.reasons[0]
    assert found.cells_to_decide is None


def test_a_stain_that_drifts_into_the_threshold_is_named(new_slide, healthy, store, settings, site):
    odds = np.log(np.expm1(healthy(5000)))
    new_slide("a", np.logaddexp(0, odds + 2.0))
    found = judged(store, settings, site=site)
    assert found.verdict == "not_interpretable"
    assert "stain drift" in found.reasons[0]


@pytest.mark.parametrize("reason", ["blurred", "crowded", "empty"])
def test_rejected_fields_make_a_slide_not_interpretable(
    reason, new_slide, healthy, store, settings
):
    new_slide("a", [*healthy(4500, below=1.0), *np.full(500, 5.0)], rejected=[reason] * 6)
    found = judged(store, settings)
    assert found.verdict == "not_interpretable"
    said = {"empty": "6 hold no blood cell"}.get(reason, f"6 {reason}")
    assert said in found.reasons[0]
    assert judged(store, settings, max_rejected_share=0.6).verdict == "positive"


def test_frames_of_the_label_are_no_bad_fields(new_slide, healthy, store, settings):
    new_slide("a", [*healthy(4500, below=1.0), *np.full(500, 5.0)], rejected=["label"] * 30)
    assert judged(store, settings).verdict == "positive"


def test_a_few_bad_fields_at_the_beginning_say_nothing_yet(new_slide, store, settings):
    new_slide("a", [], rejected=["blurred"] * 5, finished=False)
    assert judged(store, settings).verdict == "undecided"


def test_pictures_that_hold_no_blood_are_not_interpretable(new_slide, store, settings):
    new_slide("a", [], rejected=["empty"] * 3)
    found = judged(store, settings)
    assert found.verdict == "not_interpretable"
    assert "no red blood cell was found" in found.reasons
    assert found.exact_low is None


def test_cells_without_a_score_are_no_healthy_ones(new_slide, healthy, store, settings):
    new_slide("a", [*healthy(4000, below=1.0), *np.full(1000, np.nan)])
    found = judged(store, settings)
    assert found.verdict == "not_interpretable"
    assert "20% of the cells could not be scored" in found.reasons


def test_few_cells_are_not_called(new_slide, store, settings):
    new_slide("a", np.full(300, 5.0))
    found = judged(store, settings)
    assert found.verdict == "undecided"
    assert found.reasons[0].startswith("300 scored cells; 1,000 are needed")


def test_repeats_are_not_called(new_slide, healthy, store, settings):
    new_slide("a", [*healthy(4500, below=1.0), *np.full(500, 5.0)], repeats=True)
    assert judged(store, settings).reasons == ("cells may have been counted more than once",)


def test_a_model_that_is_not_at_hand_is_named(new_slide, healthy, store, settings):
    new_slide("a", healthy(3000), model_id="other-123456789abc")
    found = judged(store, settings)
    assert found.verdict == "undecided"
    assert "model other-123456789abc is not at hand" in found.reasons[0]
    assert found.exact_high is not None
    assert found.parasites_per_ul is None


def test_a_threshold_below_what_the_card_keeps_is_named(new_slide, healthy, store, settings):
    new_slide("a", healthy(3000), threshold=0.05)
    found = judged(store, settings)
    assert "does not tell how often healthy cells reach 0.05" in found.reasons[0]


def test_another_threshold_has_its_own_background(new_slide, healthy, store, settings, draem):
    new_slide("a", healthy(3000, below=0.9))
    judge = Judge(settings())
    low = judge.summary(store, "a", 1.0).decision.limit_of_blank
    assert low > judge.summary(store, "a").decision.limit_of_blank


def test_a_slide_that_grows_is_judged_by_a_sample(new_slide, healthy, store, settings):
    new_slide("a", healthy(3000), finished=False)
    assert judged(store, settings).verdict == "undecided"
    assert [len(field) for field in scores_by_field(store, "a", 2)] == [600, 600]
    everything = np.sort(np.concatenate(scores_by_field(store, "a", 64)))
    np.testing.assert_array_equal(everything, np.sort(slide_scores(store, "a")))


def test_the_stopping_rules_are_told_what_was_decided(new_slide, healthy, store, settings):
    new_slide("a", [*healthy(4500, below=1.0), *np.full(500, 5.0)])
    result = Judge(settings()).summary(store, "a")
    counts = counts_of(result)
    assert (counts.cells, counts.fields, counts.scored) == (5000, 5, 5000)
    assert counts.decided
    doubtful = msgspec.structs.replace(result.decision, verdict="not_interpretable")
    assert not counts_of(msgspec.structs.replace(result, decision=doubtful)).decided


def test_flagged_cells_that_crowd_in_one_field_count_for_less(new_slide, healthy, store, settings):
    spread = np.tile([*healthy(900, below=1.0), *np.full(100, 5.0)], 5)
    new_slide("even", spread, mixed=False)
    new_slide("crowded", np.sort(spread), mixed=False)
    even, crowded = (judged(store, settings, name) for name in ("even", "crowded"))
    assert even.design_effect == 1.0
    assert even.verdict == "positive"
    assert crowded.design_effect > 100
    assert crowded.verdict == "undecided"
    assert crowded.exact_low == even.exact_low
    assert crowded.parasites_per_ul_high > even.parasites_per_ul_high
    assert crowded.limit_of_detection_per_ul > even.limit_of_detection_per_ul
