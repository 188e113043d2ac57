"""How the store is."""

from config.settings import StoreSettings
from monitor.store.client import Client
from monitor.store.keys import SLIDES
from monitor.store.place import Place
from monitor.store.records import StoreStatus


def status(settings: StoreSettings) -> StoreStatus:
    """Say how the store is; nothing is started.

    Raises
    ------
    StoreUnavailable
        It runs but does not answer, or is a server of others and does not answer.
    StoreRefused
        It refuses us.
    """
    if settings.url is not None:
        return _ask(settings.url, None)
    place = Place.of(settings)
    if not place.alive:
        return StoreStatus(running=False, url=place.url, data_dir=str(place.folder))
    return _ask(place.url, str(place.folder))


def _ask(url: str, data_dir: str | None) -> StoreStatus:
    with Client(url) as client:
        info = client.ask("INFO")
        slides = client.ask("ZCARD", SLIDES)
    return StoreStatus(
        running=True,
        url=client.server,
        data_dir=data_dir,
        pid=info["process_id"],
        version=_version(info),
        used_memory=info["used_memory"],
        slides=slides,
    )


def _version(info: dict[str, object]) -> str:
    if "valkey_version" in info:
        return f"Valkey {info['valkey_version']}"
    return f"Redis {info['redis_version']}"
