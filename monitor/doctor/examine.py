"""Runs all checks, one after the other."""

from collections.abc import Callable, Sequence

from config import Settings
from monitor.doctor.check import Check, Finding, check
from monitor.doctor.laboratory import genicam, micromanager
from monitor.doctor.machine import cameras, memory, processor, python_version, video
from monitor.doctor.ports import endpoint
from monitor.doctor.scoring import device, model
from monitor.doctor.storage import data_folder, embedded_server, redis_server

OF_MACHINE: Sequence[Callable[[], Check]] = (
    *(python_version, processor, memory),
    *(cameras, micromanager, genicam, video),
)
OF_SETTINGS: Sequence[Callable[[Settings], Check]] = (
    device,
    model,
    lambda settings: data_folder(settings.store),
    lambda settings: embedded_server(settings.store),
    lambda settings: redis_server(settings.store),
    lambda settings: endpoint(settings.dispatch),
)


def examine(load_settings: Callable[[], Settings]) -> list[Check]:
    """Check everything that counting needs.

    Parameters
    ----------
    load_settings
        Loads the settings. Where it fails, that is a failed check, and what depends on
        settings is not checked.
    """
    loaded: list[Settings] = []
    settings_check = _settings(load_settings, loaded)
    of_settings = [look(settings) for settings in loaded for look in OF_SETTINGS]
    return [settings_check, *(look() for look in OF_MACHINE), *of_settings]


@check("settings", "correct that key, or leave it out: config/default.yaml explains each")
def _settings(load_settings: Callable[[], Settings], loaded: list[Settings]) -> Finding:
    loaded.append(load_settings())
    return Finding("ok", "every key is known and every value fits")
