"""The user's own models: kept by id in the data folder, one of them active."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import msgspec

from config import SmearwatchError, UsageError
from config.active_model import ACTIVE_FILE, models_folder
from monitor.store.clock import now_iso
from workers.artefact import Artefact, load_card, shipped_names
from workers.card import CARD_FILE

HISTORY = "history.jsonl"
LOCK = "lock"


class RegistryError(UsageError):
    """What is asked of the user's models cannot be done."""


class Active(msgspec.Struct, frozen=True):
    """Which model is used where no setting names one; names of shipped models, or ids.

    Attributes
    ----------
    active
        None: as the settings' default says.
    before
        Those that were active before, the latest last; what rolling back leads to.
    """

    active: str | None = None
    before: tuple[str | None, ...] = ()


class ListedModel(msgspec.Struct, frozen=True):
    """One model.

    Attributes
    ----------
    name
        By which it is activated: its id, or the name of a shipped one.
    model_id, architecture, created, threshold
        As its card says.
    active, shipped
        Whether it is used where no setting names another, and whether it comes with smearwatch.
    """

    name: str
    model_id: str
    architecture: str
    created: str
    threshold: float
    active: bool
    shipped: bool


@dataclass(frozen=True, slots=True)
class ModelRegistry:
    """The models of one data folder.

    Attributes
    ----------
    folder
        Where they lie; made when something is first put there.
    """

    folder: Path

    @classmethod
    def of(cls, data_dir: Path | None) -> "ModelRegistry":
        """Give the registry of ``store.data_dir``."""
        return cls(models_folder(data_dir))

    @property
    def state(self) -> Active:
        """What is active now, read now.

        Raises
        ------
        RegistryError
            The file that says so is broken.
        """
        path = self.folder / ACTIVE_FILE
        try:
            return msgspec.json.decode(path.read_bytes(), type=Active)
        except FileNotFoundError:
            return Active()
        except (OSError, msgspec.DecodeError) as error:
            raise RegistryError(f"{path} cannot be read: delete it and activate anew") from error

    def names(self) -> list[str]:
        """List the ids of the user's own models."""
        return sorted(card.parent.name for card in self.folder.glob(f"[!.]*/{CARD_FILE}"))

    def find(self, name: str) -> str:
        """Give what :func:`workers.artefact.load_card` takes for an id or a shipped name.

        Raises
        ------
        RegistryError
            There is no such model.
        """
        if name in self.names():
            return str(self.folder / name)
        if name in shipped_names():
            return name
        known = [*self.names(), *shipped_names()]
        close = get_close_matches(name, known, n=1)
        cure = f"did you mean {close[0]}?" if close else "see smearwatch models list"
        raise RegistryError(f"there is no model {name}; {cure}")

    def take_in(self, artefact: Artefact) -> Artefact:
        """Move an artefact that lies on the same disk here, to the place of its id."""
        place = self.folder / artefact.model_id
        if not place.exists():
            artefact.folder.rename(place)
        return load_card(str(place))

    def listed(self, used: str) -> list[ListedModel]:
        """List all models, own ones first; ``used`` is ``model.artefact`` of the settings."""
        places = {name: self.find(name) for name in (*self.names(), *shipped_names())}
        return [
            _listed(name, load_card(place), place == used, name in shipped_names())
            for name, place in places.items()
        ]

    def activate(self, name: str) -> Active:
        """Make a model the one that is used from now on; it is loaded once to see that it is whole.

        Raises
        ------
        SmearwatchError
            There is no such model, or it is broken; nothing has changed then.
        """
        load_card(self.find(name)).read_weights()
        with self._locked():
            now = self.state
            if now.active == name:
                return now
            return self._write("activated", Active(name, (*now.before, now.active)))

    def roll_back(self) -> Active:
        """Make the model active that was before.

        Raises
        ------
        RegistryError
            There was none before, or it is gone; nothing has changed then.
        """
        with self._locked():
            now = self.state
            if not now.before:
                raise RegistryError("no model was active before: there is nothing to roll back to")
            former = now.before[-1]
            if former is not None:
                self.find(former)
            return self._write("rolled back", Active(former, now.before[:-1]))

    def _write(self, what: str, state: Active) -> Active:
        line = {"at": now_iso(), "what": what, "active": state.active}
        with (self.folder / HISTORY).open("a", encoding="utf-8") as history:
            history.write(json.dumps(line) + "\n")
        partial = self.folder / f".{ACTIVE_FILE}.{os.getpid()}"
        with partial.open("wb") as stream:
            stream.write(msgspec.json.encode(state))
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(self.folder / ACTIVE_FILE)
        return state

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (self.folder / LOCK).open("wb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise SmearwatchError(
                f"{self.folder} cannot be written: {error.strerror}; name another --data-dir"
            ) from error


def _listed(name: str, artefact: Artefact, active: bool, shipped: bool) -> ListedModel:
    card = artefact.card
    about = card.architecture, card.created, card.threshold
    return ListedModel(name, artefact.model_id, *about, active, shipped)
