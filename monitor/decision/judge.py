"""Reads a slide's counts together with what they mean."""

import msgspec

from config import Settings
from monitor.decision.basis import Basis, find_basis
from monitor.decision.decide import decide
from monitor.decision.site import Site, read_site
from monitor.models_at_hand import model_at_hand
from monitor.statistics import Counts
from monitor.store import LIVING, Store, Summary, scores_by_field, summary

SAMPLE = 256
"""Fields that are looked at of a slide that is being counted."""


class Judge:
    """Says what the counts of slides mean; keeps what it has read of models.

    Parameters
    ----------
    settings
        What to decide at, and which model is at hand.

    Raises
    ------
    UsageError
        The site calibration that the settings name cannot be read.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        decision = settings.decision
        self._site: Site | None = None if decision.site is None else read_site(decision.site)
        self._known: dict[tuple[str, float], Basis | str] = {}

    def summary(self, store: Store, slide: str, threshold: float | None = None) -> Summary:
        """Summarise a slide as :func:`monitor.store.summary` does, with its decision."""
        return self.judged(store, summary(store, slide, threshold))

    def judged(self, store: Store, result: Summary, moved_from: float | None = None) -> Summary:
        """Add its decision to a summary.

        Of a slide that is being counted a sample of 256 fields is looked at for its stain, so
        that a look costs the same however large the slide has grown; of others all.

        Parameters
        ----------
        store
            Where the slide is.
        result
            Its summary.
        moved_from
            Threshold before it was moved with the slide's stain: its error rates then hold for
            the moved one, and the stain is no reason to doubt. None: it was not moved.
        """
        at = result.threshold if moved_from is None else moved_from
        basis = self._basis(result.model_id, at)
        fields = scores_by_field(store, result.slide, SAMPLE if result.state in LIVING else None)
        settings, follows = self._settings.decision, moved_from is not None
        decision = decide(result, fields, basis, settings, follows_stain=follows)
        return msgspec.structs.replace(result, decision=decision)

    def _basis(self, model_id: str, threshold: float) -> Basis | str:
        key = model_id, threshold
        if key not in self._known:
            self._known[key] = self._found(model_id, threshold)
        return self._known[key]

    def _found(self, model_id: str, threshold: float) -> Basis | str:
        artefact = model_at_hand(self._settings, model_id)
        if artefact is None:
            return (
                f"model {model_id} is not at hand; name its folder with --set model.artefact=FOLDER"
            )
        return find_basis(artefact, threshold, self._site)


def counts_of(result: Summary) -> Counts:
    """Give what the stopping rules look at."""
    verdict = None if result.decision is None else result.decision.verdict
    return Counts(
        cells=result.cells,
        fields=result.fields,
        flagged=result.flagged,
        scored=result.cells - result.unscored,
        decided=verdict in {"positive", "negative"},
    )
