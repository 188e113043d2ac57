"""Error rates as a card keeps them."""

import msgspec


class ErrorRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A share of wrongly taken cells.

    Attributes
    ----------
    errors, cells
        How many of how many.
    rate
        ``errors / cells``.
    low, high
        95 % interval.
    effective_cells
        How many independent cells these are worth, as cells of a slide are alike.
    """

    errors: int
    cells: int
    rate: float
    low: float
    high: float
    effective_cells: float


class ErrorRates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Errors at a threshold.

    Attributes
    ----------
    threshold
        Score from which a cell was flagged.
    false_positive
        Of healthy cells: flagged.
    false_negative
        Of infected cells: not flagged.
    cells
        Which cells these are, in words.
    """

    threshold: float
    false_positive: ErrorRate
    false_negative: ErrorRate
    cells: str
