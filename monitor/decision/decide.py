"""Brings together what the counts of a slide mean."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from config.settings import DecisionSettings
from monitor.decision.basis import Basis
from monitor.decision.clusters import EffectiveCounts
from monitor.decision.fitness import compare_bulk, drifted, out_of_domain, unfit_fields
from monitor.statistics import (
    Bounds,
    Limits,
    anytime_interval,
    cells_to_decide,
    corrected_parasitemia,
    exact_interval,
    limits,
)
from monitor.statistics.decision import Decision
from monitor.statistics.said import per_ul
from monitor.store import Summary
from workers.thresholds.adapt import LEAST_CELLS

MILLION = 1_000_000


def decide(
    result: Summary,
    fields: Sequence[NDArray[np.float32]],
    basis: Basis | str,
    settings: DecisionSettings,
    *,
    follows_stain: bool = False,
) -> Decision:
    """Say what the counts of a slide mean.

    Parameters
    ----------
    result
        Its counts.
    fields
        (n,) float32 scores of each of its fields, or of an even sample of them; NaN: unscored.
    basis
        The model's errors at the slide's threshold, or why they are not known.
    settings
        What to decide at.
    follows_stain
        Whether the threshold was moved with the slide's stain.
    """
    unfit = unfit_fields(result, settings)
    decision = _uncorrected(result, settings)
    if isinstance(basis, str):
        return _with_verdict(decision, unfit, [f"the model's errors are not known: {basis}"])
    bounds = _bounds(basis, settings)
    counts = EffectiveCounts.of(result, fields)
    found = compare_bulk(np.concatenate([np.empty(0, np.float32), *fields]), basis)
    if found is not None:
        unfit += out_of_domain(found)
        unfit += [] if follows_stain else drifted(found, basis, bounds.blank)
    decision = _corrected(decision, counts, basis, bounds, settings)
    doubts = _doubts(result, found is not None)
    if unfit or doubts:
        return _with_verdict(decision, unfit, doubts)
    return _called(decision, counts, bounds)


def _scored(result: Summary) -> int:
    return result.cells - result.unscored


def _bounds(basis: Basis, settings: DecisionSettings) -> Bounds:
    target = min(settings.target_parasites_per_ul / settings.rbc_per_ul, 1.0)
    return Bounds.of(basis.errors, target, settings.confidence, _stated_blank(settings))


def _stated_blank(settings: DecisionSettings) -> float | None:
    stated = settings.limit_of_blank_per_million
    return None if stated is None else stated / MILLION


def _uncorrected(result: Summary, settings: DecisionSettings) -> Decision:
    """Give the intervals that need nothing but the counts."""
    scored, confidence = _scored(result), settings.confidence
    exact = exact_interval(result.flagged, scored, confidence) or (None, None)
    low, high = anytime_interval(result.flagged, scored, confidence)
    return Decision(
        verdict="undecided",
        reasons=(),
        confidence=confidence,
        rbc_per_ul=settings.rbc_per_ul,
        target_parasites_per_ul=settings.target_parasites_per_ul,
        exact_low=exact[0],
        exact_high=exact[1],
        anytime_low=low,
        anytime_high=high,
    )


def _corrected(
    decision: Decision,
    counts: EffectiveCounts,
    basis: Basis,
    bounds: Bounds,
    settings: DecisionSettings,
) -> Decision:
    """Add what the model's errors tell."""
    per_ul = settings.rbc_per_ul
    from_here = bounds.decidable_from()
    decision = msgspec.structs.replace(
        decision,
        decidable_from_per_ul=from_here * per_ul if from_here < 1 else None,
        background=basis.words,
        background_slides=len(basis.healthy.cells),
        design_effect=counts.design_effect,
    )
    if not counts.cells:
        return decision
    at = corrected_parasitemia(counts.flagged, counts.cells, basis.errors, settings.confidence)
    told = limits(max(round(counts.cells), 1), basis.errors, _stated_blank(settings))
    excluded = bounds.excluded(counts.flagged, counts.cells)
    needed = cells_to_decide(counts.flagged, counts.cells, bounds, counts.design_effect)
    return msgspec.structs.replace(
        decision,
        parasitemia_corrected=at.estimate,
        parasitemia_corrected_low=at.low,
        parasitemia_corrected_high=at.high,
        parasites_per_ul=at.estimate * per_ul,
        parasites_per_ul_low=at.low * per_ul,
        parasites_per_ul_high=at.high * per_ul,
        excluded_above_per_ul=None if excluded is None else excluded * per_ul,
        cells_to_decide=needed,
        **_limits_per_ul(told, per_ul),
    )


def _limits_per_ul(told: Limits, per_ul: float) -> dict[str, float | None]:
    detection, reachable = told.detection, told.reachable
    return {
        "limit_of_blank": told.blank,
        "limit_of_detection_per_ul": None if detection is None else detection * per_ul,
        "limit_of_detection_reachable_per_ul": None if reachable is None else reachable * per_ul,
    }


def _doubts(result: Summary, bulk_is_known: bool) -> list[str]:
    """Say what forbids a verdict though the slide may be fine."""
    said = []
    if _scored(result) < LEAST_CELLS:
        said.append(
            f"{_scored(result):,} scored cells; {LEAST_CELLS:,} are needed to see whether they are "
            "like those that the model knows"
        )
    elif not bulk_is_known:
        said.append("its cells cannot be compared with those that the model knows")
    if result.may_contain_repeats:
        said.append("cells may have been counted more than once")
    return said


def _with_verdict(decision: Decision, unfit: list[str], doubts: list[str]) -> Decision:
    if unfit:
        return msgspec.structs.replace(
            decision, verdict="not_interpretable", reasons=tuple(unfit), cells_to_decide=None
        )
    return msgspec.structs.replace(decision, reasons=tuple(doubts))


def _called(decision: Decision, counts: EffectiveCounts, bounds: Bounds) -> Decision:
    call = bounds.call(counts.flagged, counts.cells)
    if call != "undecided":
        return msgspec.structs.replace(decision, verdict=call)
    return msgspec.structs.replace(decision, reasons=(_why_undecided(decision),))


def _why_undecided(decision: Decision) -> str:
    target = per_ul(decision.target_parasites_per_ul)
    if decision.cells_to_decide is not None:
        return f"about {decision.cells_to_decide:,} more cells to decide at {target}"
    said = (
        f"no number of cells decides at {target}: the false flags of this model differ by more "
        "from slide to slide"
    )
    if decision.decidable_from_per_ul is None:
        return said
    return f"{said}; it can decide from {per_ul(decision.decidable_from_per_ul)} on"
