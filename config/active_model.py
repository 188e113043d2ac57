"""Which model the user has made the active one: a layer of settings just above the defaults."""

import json
from pathlib import Path

import platformdirs

from config.errors import UsageError

ACTIVE_FILE = "active.json"


def models_folder(data_dir: Path | None) -> Path:
    """Give the folder of the user's own models.

    Parameters
    ----------
    data_dir
        ``store.data_dir``; None: the per-user data folder.
    """
    if data_dir is not None:
        return Path(data_dir).expanduser().absolute() / "models"
    return Path(platformdirs.user_data_dir("smearwatch")) / "models"


def active_artefact(data_dir: Path | None) -> str | None:
    """Give the folder or the shipped name of the active model; None: none was chosen.

    Raises
    ------
    UsageError
        The file that names it is broken.
    """
    folder = models_folder(data_dir)
    path = folder / ACTIVE_FILE
    try:
        active = _name_in(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        # What else needs that folder says what is wrong with it.
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path}, which names the active model, cannot be read: choose one anew with "
            "smearwatch models activate MODEL, or delete the file"
        ) from error
    if active is None:
        return None
    return str(folder / active) if (folder / active).is_dir() else active


def _name_in(content: bytes) -> str | None:
    name = json.loads(content)["active"]
    if name is None or isinstance(name, str):
        return name
    raise ValueError(f"{name!r} is no name")
