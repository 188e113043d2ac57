"""Retrains the model by what people have judged, keeps the new one, and activates it if better."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import msgspec

from config import Settings
from monitor.model_registry import ModelRegistry
from monitor.review.labelled_set import described_set, write_labelled_set
from monitor.review.material import material_of
from monitor.review.reviewed_cells import Gathered, gather
from monitor.store import Store
from workers.artefact import load_card
from workers.thresholds.threshold import Budget
from workers.training.datasets import LabelledCells, find_sets, read_set
from workers.training.fit_further import recipe_for
from workers.training.retrain import Retrained, retrain
from workers.training.versus import better
from workers.training.watch import Watch

LABELS = "labels"


class Request(msgspec.Struct, frozen=True):
    """What is asked for.

    Attributes
    ----------
    family
        ``draem-few`` or ``deep-sad``.
    name
        Of the new model.
    data
        Other labelled sets, or None.
    budget
        False cells per million healthy ones.
    activate
        ``if better``, or whatever the comparison says, or never.
    simulated
        Learn from reviewed cells of simulated slides as well.
    epochs, examples, seed
        For how long it learns; None: as the recipe says.
    """

    family: str
    name: str
    data: Path | None
    budget: float
    activate: Literal["if better", "always", "never"]
    simulated: bool
    epochs: int | None
    examples: int | None
    seed: int


class Outcome(msgspec.Struct, frozen=True):
    """What became of it.

    Attributes
    ----------
    retrained
        The new model against the old one.
    labels
        Version of the labelled set that it learned from.
    better, why
        What the comparison says.
    activated
        Whether slides are counted with it from now on.
    """

    retrained: Retrained
    labels: str
    better: bool
    why: str
    activated: bool


@dataclass(frozen=True, slots=True)
class _Ready:
    gathered: Gathered
    labels: str
    reviewed: LabelledCells
    more: list[LabelledCells]


def retrain_from_store(store: Store, request: Request, settings: Settings, watch: Watch) -> Outcome:
    """Retrain by the reviewed cells of all slides.

    The labelled set is kept under ``labels`` in the folder of the models, the model by its id.

    Raises
    ------
    SmearwatchError
        The model, the reviews or the data are not as they must be.
    """
    base = load_card(settings.model.artefact)
    recipe, further = recipe_for(request.family, base)
    chosen = {"epochs": request.epochs, "examples_an_epoch": request.examples}
    given = {name: value for name, value in chosen.items() if value is not None}
    how = msgspec.structs.replace(recipe.fit, seed=request.seed, **given)
    registry = ModelRegistry.of(settings.store.data_dir)
    ready = _ready(store, request, settings, registry, base.card.seed)
    material = material_of(ready.gathered, ready.reviewed, ready.more)
    with tempfile.TemporaryDirectory(dir=registry.folder, prefix=".retrain-") as folder:
        artefact, retrained = retrain(
            base,
            replace(recipe, fit=how),
            further,
            material,
            Budget(request.budget),
            Path(folder) / request.name,
            settings,
            watch,
        )
        kept = registry.take_in(artefact)
    is_better, why = better(retrained.compared)
    wanted = request.activate == "always" or (request.activate == "if better" and is_better)
    if wanted:
        registry.activate(kept.model_id)
    retrained = msgspec.structs.replace(retrained, folder=str(kept.folder))
    return Outcome(retrained, ready.labels, is_better, why, wanted)


def _ready(
    store: Store, request: Request, settings: Settings, registry: ModelRegistry, seed: int
) -> _Ready:
    folders = [] if request.data is None else find_sets(request.data)
    gathered = gather(store, request.simulated)
    version = described_set(gathered)[0].version
    place = registry.folder / LABELS / version
    if not place.exists():
        write_labelled_set(gathered, place)
    reviewed = read_set(place, settings, seed)
    more = [read_set(folder, settings, seed) for folder in folders]
    return _Ready(gathered, version, reviewed, more)
