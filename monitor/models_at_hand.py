"""Finds the model that scored a slide among those at hand."""

from config import SmearwatchError
from workers.artefact import Artefact, load_card, shipped_names


def model_at_hand(named: str, model_id: str) -> Artefact | None:
    """Find a model by its id: the one that the settings name, or a shipped one; else None.

    Parameters
    ----------
    named
        Shipped name or folder, as the settings have it.
    model_id
        ``NAME-`` and 12 hexadecimal digits.
    """
    name = model_id.rpartition("-")[0]
    for candidate in dict.fromkeys([named, *(one for one in shipped_names() if one == name)]):
        try:
            artefact = load_card(candidate)
        except SmearwatchError:
            continue
        if artefact.model_id == model_id:
            return artefact
    return None
