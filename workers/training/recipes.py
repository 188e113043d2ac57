"""How each family is trained on cells, and which score is made of what it gives.

Scores and tasks were chosen on labelled cells of groups that are never held out, see
``docs/models.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from segmenter import OUTSIDE
from workers.card import ConfigValue, Normalisation
from workers.models import FAMILIES, family
from workers.score_settings import ScoreSettings
from workers.training.fit_settings import FitSettings
from workers.training.scores import DARKER, DISTANCE, LEARNED, LOGIT
from workers.training.task import CellTask

NORMALISATION = Normalisation(centre="cell-mean", scale=64.0)
PLAIN = CellTask(NORMALISATION, OUTSIDE, lesions=False)
DRAWN = CellTask(NORMALISATION, OUTSIDE)
NOISY = CellTask(NORMALISATION, OUTSIDE, noise=0.1)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one family is trained and scored.

    Attributes
    ----------
    architecture
        Name of the family.
    task
        What it is asked to do with cells.
    score
        What becomes of what it gives.
    fit
        For how long and how fast it learns.
    labelled
        How many labelled infected cells it learns from, shared out among the sets; None: all.
    config
        Settings of the network that shall not have their default.
    """

    architecture: str
    task: CellTask
    score: ScoreSettings
    fit: FitSettings
    labelled: int | None = 0
    config: Mapping[str, ConfigValue | Path] = field(default_factory=dict)

    def seeing(self, normalisation: Normalisation) -> "Recipe":
        """Give the recipe for other inputs."""
        return replace(self, task=replace(self.task, normalisation=normalisation))


_SHORT = FitSettings(examples_an_epoch=14_000)
_SUPERVISED = FitSettings(examples_an_epoch=14_000, anomalous_share=0.5, learning_rate=1e-3)
_FEW = FitSettings(examples_an_epoch=14_000, anomalous_share=0.05)

_SPECIAL: Mapping[str, Recipe] = MappingProxyType(
    {
        "denoise": Recipe("denoise", NOISY, DARKER, _SHORT),
        "draem": Recipe("draem", DRAWN, LEARNED, _SHORT),
        "draem-few": Recipe("draem-few", DRAWN, LEARNED, _FEW, labelled=50),
        "svdd": Recipe("svdd", PLAIN, DISTANCE, _SHORT),
        "deep-sad": Recipe("deep-sad", PLAIN, DISTANCE, _FEW, labelled=50),
    }
)


def recipe_of(architecture: str) -> Recipe:
    """Give the recipe of a family.

    Raises
    ------
    UnknownModelError
        No network has this name.
    """
    learns_from = family(architecture).learns_from
    if architecture in _SPECIAL:
        return _SPECIAL[architecture]
    if learns_from == "labels":
        return Recipe(architecture, PLAIN, LOGIT, _SUPERVISED, labelled=None)
    return Recipe(architecture, PLAIN, DARKER, _SHORT)


def recipes() -> dict[str, Recipe]:
    """Give the recipes of all families, by name."""
    return {name: recipe_of(name) for name in FAMILIES}
