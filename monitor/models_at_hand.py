"""Finds the model that scored a slide among those at hand."""

from config import Settings, SmearwatchError
from config.active_model import models_folder
from workers.artefact import Artefact, load_card, shipped_names


def model_at_hand(settings: Settings, model_id: str) -> Artefact | None:
    """Find a model by its id: the one that the settings name, an own or a shipped one; else None.

    Parameters
    ----------
    settings
        Which model is at hand, and in which folder the user's own ones are.
    model_id
        ``NAME-`` and 12 hexadecimal digits.
    """
    name = model_id.rpartition("-")[0]
    own = str(models_folder(settings.store.data_dir) / model_id)
    shipped = (one for one in shipped_names() if one == name)
    for candidate in dict.fromkeys([settings.model.artefact, own, *shipped]):
        try:
            artefact = load_card(candidate)
        except SmearwatchError:
            continue
        if artefact.model_id == model_id:
            return artefact
    return None
