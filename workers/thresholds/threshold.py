"""A threshold with the rule that chose it and what it promises."""

import msgspec

from config import SmearwatchError

MILLION = 1_000_000


class ThresholdError(SmearwatchError):
    """A threshold cannot be chosen from what is given."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="name"):
    """How a threshold is chosen, so that it can be chosen so again."""


class MeanSigma(Rule, frozen=True, tag="mean-sigma"):
    """Mean of the healthy scores and ``k`` standard deviations."""

    k: float


class Budget(Rule, frozen=True, tag="budget"):
    """So many false cells ``per_million`` healthy ones, within 0 and a million."""

    per_million: float


class FBeta(Rule, frozen=True, tag="f-beta"):
    """Largest F-beta on labelled cells; ``prevalence`` is the infected share it weighs them to."""

    beta: float
    prevalence: float | None = None


class Youden(Rule, frozen=True, tag="youden"):
    """Largest sensitivity plus specificity on labelled cells."""


class Manual(Rule, frozen=True, tag="manual"):
    """A value that a person named."""

    value: float


AnyRule = MeanSigma | Budget | FBeta | Youden | Manual


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cells flagged though healthy, per million healthy cells.

    Attributes
    ----------
    per_million
        The estimate.
    low, high
        Its 95 % interval.
    """

    per_million: float
    low: float
    high: float


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A chosen threshold.

    Attributes
    ----------
    value
        Score from which a cell is flagged.
    rule
        How it was chosen.
    interval
        95 % interval of the value, from a bootstrap; None where the value was named, or where
        there is nothing to estimate it from.
    false_positives
        Expected among healthy cells; None where no healthy scores were at hand.
    healthy_cells
        How many healthy cells that rests on.
    warning
        What cannot be promised, in a sentence; None where nothing has to be said.
    """

    value: float
    rule: AnyRule
    interval: tuple[float, float] | None
    false_positives: Rate | None
    healthy_cells: int
    warning: str | None
