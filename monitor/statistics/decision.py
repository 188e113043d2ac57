"""What the counts of a slide mean."""

from typing import Literal

import msgspec

Verdict = Literal["positive", "negative", "undecided", "not_interpretable"]


class Decision(msgspec.Struct, frozen=True):
    """What the counts of a slide mean; a suspicion to be checked, never a diagnosis.

    Attributes
    ----------
    verdict
        ``positive``: more cells are flagged than on slides without parasites. ``negative``: fewer
        parasites than ``target_parasites_per_ul``, at ``confidence``. ``undecided``: the cells so
        far, or the model, do not tell. ``not_interpretable``: the slide cannot be counted by
        this model; no figure of it means anything.
    reasons
        Why it is undecided or not interpretable, in sentences; empty otherwise.
    confidence
        Of all intervals and of the verdict.
    exact_low, exact_high
        Clopper-Pearson interval of the flagged share, for one look at a fixed number of cells;
        None before the first.
    anytime_low, anytime_high
        Interval of the flagged share that holds however often one looks and whenever one stops.
    parasitemia_corrected, parasitemia_corrected_low, parasitemia_corrected_high
        In [0, 1], corrected for the model's errors; None where these are not known.
    parasites_per_ul, parasites_per_ul_low, parasites_per_ul_high
        The same per microlitre of blood with ``rbc_per_ul`` red cells.
    rbc_per_ul, target_parasites_per_ul
        As the settings say.
    limit_of_blank
        Flagged share that 95 % of slides without parasites do not exceed at so many cells.
    limit_of_detection_per_ul
        Parasites per microlitre at which 95 % of slides exceed it; None: none is detected.
    limit_of_detection_reachable_per_ul
        The same with any number of cells.
    excluded_above_per_ul
        The slide has fewer parasites than this, at ``confidence`` and at any time; None: nothing
        is excluded yet.
    decidable_from_per_ul
        Targets from here on are decided with enough cells; None: none is.
    cells_to_decide
        About how many more scored cells decide at the target; 0: decided; None: none do.
    design_effect
        By how much the flagged share varies more between fields than by chance, >= 1: counted
        cells that are worth one in the verdict, the limits and the corrected interval.
    background
        What the limits rest on, in words; None where nothing is known.
    background_slides
        How many slides or patients that is.
    """

    verdict: Verdict
    reasons: tuple[str, ...]
    confidence: float
    rbc_per_ul: float
    target_parasites_per_ul: float
    exact_low: float | None = None
    exact_high: float | None = None
    anytime_low: float | None = None
    anytime_high: float | None = None
    parasitemia_corrected: float | None = None
    parasitemia_corrected_low: float | None = None
    parasitemia_corrected_high: float | None = None
    parasites_per_ul: float | None = None
    parasites_per_ul_low: float | None = None
    parasites_per_ul_high: float | None = None
    limit_of_blank: float | None = None
    limit_of_detection_per_ul: float | None = None
    limit_of_detection_reachable_per_ul: float | None = None
    excluded_above_per_ul: float | None = None
    decidable_from_per_ul: float | None = None
    cells_to_decide: int | None = None
    design_effect: float | None = None
    background: str | None = None
    background_slides: int | None = None
