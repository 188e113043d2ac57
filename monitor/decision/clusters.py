"""How much less the cells of a slide tell because flagged ones crowd in some fields."""

from collections.abc import Sequence
from typing import Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from monitor.store import Summary, looks_unhealthy
from workers.calibration.error_rates import error_rate


class EffectiveCounts(msgspec.Struct, frozen=True):
    """Counts as if cells were drawn one by one.

    Attributes
    ----------
    flagged, cells
        Flagged and scored cells divided by the design effect.
    design_effect
        Variance of the flagged share between fields by that of cells drawn one by one, >= 1.
    """

    flagged: float
    cells: float
    design_effect: float

    @classmethod
    def of(cls, result: Summary, fields: Sequence[NDArray[np.float32]]) -> Self:
        """Take the counts of a slide, and the scores of its fields or of an even sample of them.

        Where dirt, thickness or stain make flagged cells crowd in some fields, a share rests on
        fewer independent cells than were counted (Rao and Scott 1992, see
        :func:`workers.calibration.error_rates.error_rate`), and looks taken before the other
        fields came would mislead.
        """
        effect = _design_effect(fields, result.threshold)
        scored = result.cells - result.unscored
        return cls(result.flagged / effect, scored / effect, effect)


def _design_effect(fields: Sequence[NDArray[np.float32]], threshold: float) -> float:
    scored = [field[~np.isnan(field)] for field in fields]
    scored = [field for field in scored if len(field)]
    if not scored:
        return 1.0
    flagged = [np.count_nonzero(looks_unhealthy(field, threshold)) for field in scored]
    found = error_rate(np.array(flagged), np.array([len(field) for field in scored]))
    return max(found.cells / found.effective_cells, 1.0)
