"""One score a cell from what any network gives."""

import pytest
import torch

from workers.evidence import ScoreError, evidence_of, score_of, worst_boxes
from workers.healthy_errors import HealthyErrors
from workers.inputs import Inputs
from workers.models import Output
from workers.score_settings import Part, ScoreSettings

EMBEDDING = torch.zeros(1, 2)


def inputs() -> Inputs:
    mask = torch.zeros(1, 1, 8, 8)
    mask[..., 1:7, 1:7] = 1
    pixels = torch.zeros(1, 1, 8, 8)
    pixels[0, 0, 3, 3], pixels[0, 0, 4, 5], pixels[0, 0, 0, 0] = 4.0, 2.0, 9.0
    return Inputs(pixels, mask)


def score(kind: str, healthy: HealthyErrors | None = None, **more: object) -> float:
    settings = ScoreSettings(
        **{"error": "squared", "erosion_px": 0, "window_px": 1, **more},
        kind=kind,
        standardised=healthy is not None,
    )
    output = Output(torch.zeros(1, 1, 8, 8), EMBEDDING, distance=torch.tensor([7.0]))
    return score_of(output, inputs(), settings, healthy).item()


def test_the_whole_crop_counts_the_mean_error_inside() -> None:
    assert score("whole-crop") == pytest.approx((16 + 4) / 36)
    assert score("whole-crop", error="absolute") == pytest.approx((4 + 2) / 36)


def test_top_averages_the_largest_errors_inside() -> None:
    assert score("top", top=1) == 16
    assert score("top", top=2) == 10
    assert score("top", top=3) == pytest.approx(20 / 3)
    assert score("masked-local-maximum") == 16


def test_top_of_more_pixels_than_the_cell_has_is_no_score() -> None:
    assert score("top", top=36) == pytest.approx(20 / 36)
    assert torch.tensor(score("top", top=37)).isnan()


def test_the_latent_distance_is_taken_as_it_is() -> None:
    assert score("latent-distance") == 7


def test_a_learned_map_gives_scores_in_its_own_order_that_are_never_negative() -> None:
    settings = ScoreSettings("masked-local-maximum", "learned", 0, 1)
    anomaly = torch.full((3, 1, 8, 8), -9.0)
    anomaly[:, 0, 0, 0] = 30.0
    anomaly[1, 0, 3, 3], anomaly[2, 0, 3, 3] = -1.0, 20.0
    of_three = Inputs(*(part.expand(3, -1, -1, -1) for part in (inputs().pixels, inputs().mask)))
    scores = score_of(Output(None, EMBEDDING, anomaly=anomaly), of_three, settings)
    assert scores.tolist() == pytest.approx([1.2e-4, 0.3133, 20.0], rel=0.05)


def test_errors_count_by_how_unusual_they_are_at_their_place() -> None:
    mean, spread = torch.zeros(1, 1, 8, 8), torch.ones(1, 1, 8, 8)
    mean[0, 0, 3, 3], spread[0, 0, 4, 5] = 15.0, 0.5
    assert score("masked-local-maximum", HealthyErrors(mean, spread)) == 8


def test_healthy_errors_are_measured_inside_the_masks_over_all_parts() -> None:
    errors = torch.rand(6, 1, 4, 4)
    mask = torch.ones_like(errors)
    mask[0, 0, 0, 0] = 0
    measured = HealthyErrors.of([(errors[:2], mask[:2]), (errors[2:], mask[2:])])
    torch.testing.assert_close(measured.mean[0, 0, 0, 0], errors[1:, 0, 0, 0].mean())
    torch.testing.assert_close(measured.spread[0, 0, 1, 1], errors[:, 0, 1, 1].std(correction=0))
    standard = measured.standardise(errors)[:, 0, 1, 1]
    assert standard.mean().item() == pytest.approx(0, abs=1e-5)
    assert standard.std(correction=0).item() == pytest.approx(1, abs=1e-5)


def test_where_healthy_cells_never_differ_small_errors_stay_small() -> None:
    errors = torch.rand(6, 1, 4, 4)
    errors[:, 0, 0, 0] = 0
    measured = HealthyErrors.of([(errors, torch.ones_like(errors))])
    assert (measured.spread > 0).all()
    assert measured.standardise(torch.full((1, 1, 4, 4), 1e-3))[0, 0, 0, 0] < 1


@pytest.mark.parametrize("kind", ["latent-distance", "logit", "whole-crop"])
def test_a_network_that_does_not_give_it_is_named(kind: str) -> None:
    settings = ScoreSettings(kind, "squared", 0, 1)
    with pytest.raises(ScoreError, match=f"score {kind}: this network does not give it; use"):
        score_of(Output(None, EMBEDDING), inputs(), settings)


def test_a_network_without_a_map_of_its_own_is_told_so() -> None:
    settings = ScoreSettings("masked-local-maximum", "learned", 0, 1)
    with pytest.raises(ScoreError, match=r"score learned: .* use draem"):
        score_of(Output(torch.zeros(1, 1, 8, 8), EMBEDDING), inputs(), settings)


def box_of(output: Output, seen: Inputs, settings: ScoreSettings) -> list[int]:
    return worst_boxes(evidence_of(output, seen, settings), seen, settings)[0].tolist()


@pytest.mark.parametrize("kind", ["masked-local-maximum", "top", "whole-crop"])
def test_scores_of_errors_have_the_box_of_the_worst_region(kind: str) -> None:
    settings = ScoreSettings(kind, "squared", 0, 1, top=1)
    assert box_of(Output(torch.zeros(1, 1, 8, 8), EMBEDDING), inputs(), settings) == [1, 1, 6, 6]


@pytest.mark.parametrize("kind", ["latent-distance", "logit"])
def test_scores_of_the_cell_as_a_whole_have_its_box(kind: str) -> None:
    output = Output(None, EMBEDDING, distance=torch.ones(1), logit=torch.ones(1))
    assert box_of(output, inputs(), ScoreSettings(kind, "squared", 0, 1)) == [1, 1, 7, 7]


def test_a_whole_crop_that_erosion_takes_away_has_the_box_of_its_cell() -> None:
    settings = ScoreSettings("whole-crop", "squared", 3, 1)
    assert box_of(Output(torch.zeros(1, 1, 8, 8), EMBEDDING), inputs(), settings) == [1, 1, 7, 7]


def test_without_a_score_there_is_no_box() -> None:
    output = Output(torch.full((1, 1, 8, 8), torch.nan), EMBEDDING, logit=torch.tensor([torch.nan]))
    for kind in ("masked-local-maximum", "whole-crop", "logit"):
        assert box_of(output, inputs(), ScoreSettings(kind, "squared", 0, 1)) == [0, 0, 0, 0]


def test_a_standardised_score_without_healthy_errors_is_refused() -> None:
    settings = ScoreSettings("whole-crop", "squared", 0, 1, standardised=True)
    with pytest.raises(ScoreError, match="errors of healthy cells are missing"):
        score_of(Output(torch.zeros(1, 1, 8, 8), EMBEDDING), inputs(), settings)


LOCAL = ScoreSettings("masked-local-maximum", "squared", 0, 1)
DISTANCE = ScoreSettings("latent-distance", "squared", 0, 1)
WHOLE = ScoreSettings("whole-crop", "squared", 3, 1)


def combined(*parts: Part) -> ScoreSettings:
    return ScoreSettings("combined", "squared", 0, 1, parts=parts)


def test_a_combination_adds_up_standardised_parts_by_their_weight() -> None:
    settings = combined(Part(LOCAL, 6, 5, weight=3), Part(DISTANCE, 8, 2))
    output = Output(torch.zeros(1, 1, 8, 8), EMBEDDING, distance=torch.tensor([7.0]))
    found = score_of(output, inputs(), settings)
    assert found.item() == pytest.approx(3 * (16 - 6) / 5 + (7 - 8) / 2)


def test_a_combination_is_shown_by_its_first_part_that_has_a_map() -> None:
    learned = ScoreSettings("masked-local-maximum", "learned", 0, 1)
    marked = torch.full((1, 1, 8, 8), -9.0)
    marked[0, 0, 5, 5] = 9
    output = Output(torch.zeros(1, 1, 8, 8), EMBEDDING, distance=torch.ones(1), anomaly=marked)
    by_errors = combined(Part(DISTANCE), Part(LOCAL), Part(learned))
    by_marks = combined(Part(DISTANCE), Part(learned), Part(LOCAL))
    assert box_of(output, inputs(), by_errors) == box_of(output, inputs(), LOCAL)
    assert box_of(output, inputs(), by_marks) == box_of(output, inputs(), learned)
    assert evidence_of(output, inputs(), by_marks).learned


def test_a_combination_without_a_map_or_with_one_eroded_away_has_the_box_of_the_cell() -> None:
    output = Output(torch.zeros(1, 1, 8, 8), EMBEDDING, distance=torch.ones(1))
    assert box_of(output, inputs(), combined(Part(DISTANCE))) == [1, 1, 7, 7]
    assert box_of(output, inputs(), combined(Part(DISTANCE), Part(WHOLE))) == [1, 1, 7, 7]


def test_a_part_without_a_score_leaves_the_cell_without_one() -> None:
    output = Output(torch.zeros(1, 1, 8, 8), EMBEDDING, distance=torch.tensor([torch.nan]))
    settings = combined(Part(LOCAL), Part(DISTANCE))
    assert score_of(output, inputs(), settings).isnan().all()
    assert box_of(output, inputs(), settings) == [0, 0, 0, 0]
