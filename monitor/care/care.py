"""Looks after the picture of a moving stage: everything that is watched in its frames."""

from config.settings import CareSettings
from monitor.care.condition import Condition
from monitor.care.dirt import Dirt, Mask
from monitor.care.focus_drift import FocusDrift
from monitor.care.frozen import Frozen
from monitor.care.lamp_drift import LampDrift
from monitor.care.spells import Spells
from monitor.care.standing import Standing
from monitor.gate.track import Sighting
from monitor.gate.view import View
from monitor.sources import Frame


class Care:
    """What is watched in the frames of one slide, which are looked at one after the other.

    Parameters
    ----------
    settings
        From when on something is told.
    live
        Whether frames come in their own time; only then can a picture be frozen.
    standing
        Is told where dirt is.
    """

    def __init__(self, settings: CareSettings, live: bool, standing: Standing) -> None:
        self._frozen = Frozen(settings.frozen_s) if live and settings.frozen_s else None
        self._dirt = Dirt(settings.dirt_depth) if settings.dirt_depth else None
        self._focus = FocusDrift(settings.focus_loss) if settings.focus_loss else None
        self._lamp = LampDrift(settings.lamp_change) if settings.lamp_change else None
        self._spells = Spells()
        self._standing = standing
        self._mask: Mask | None = None

    def look(self, frame: Frame, view: View, sighting: Sighting) -> list[Condition]:
        """Look at the next frame; give what has begun or is over.

        Parameters
        ----------
        frame, view
            The frame, and the same made small.
        sighting
            Where it lies.
        """
        begins = self._spells.begins(view, sighting.pose)
        found: list[Condition] = []
        if self._frozen is not None:
            found += self._frozen.look(view, frame.captured_at)
        if self._focus is not None:
            found += self._focus.look(view, begins)
        if self._lamp is not None:
            found += self._lamp.look(view, begins)
        if self._dirt is not None:
            found += self._look_for_dirt(self._dirt, view, sighting)
        return found

    def _look_for_dirt(self, dirt: Dirt, view: View, sighting: Sighting) -> list[Condition]:
        told = dirt.look(view, sighting.pose)
        if dirt.mask is not self._mask:
            self._mask = dirt.mask
            self._standing.set(dirt.mask, view.shape)
        return told
