"""The embedded server: one per user, started at first need, found again by every later command.

The server holds a lock on a file in its folder for as long as it lives: it inherits the locked
file from whoever started it. So two commands never start two servers, and a server that died,
however it died, is known to be gone.
"""

import logging
import os
import signal
import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config import UsageError
from config.settings import StoreSettings
from monitor.store.errors import StoreUnavailable
from monitor.store.launch import last_words, launch
from monitor.store.place import Place

logger = logging.getLogger(__name__)

START_WITHIN_S = 60.0
STOP_WITHIN_S = 10.0
POLL_S = 0.02
ANSWER_TIMEOUT_S = 2.0


def start(settings: StoreSettings) -> str:
    """Start the server, or find it running; give its URL once it answers.

    Raises
    ------
    UsageError
        The settings name a server of others.
    StoreUnavailable
        It does not start, for instance because its data is damaged; the text names the log.
    StoreError
        Its folder cannot be used.
    """
    place = _own_place(settings)
    place.create()
    launched = False
    deadline = time.monotonic() + START_WITHIN_S
    while time.monotonic() < deadline:
        with place.lock() as held:
            if held is not None:
                _refuse_second_launch(place, launched)
                launch(place, held)
                launched = True
        if _answers(place):
            return place.url
        time.sleep(POLL_S)
    raise StoreUnavailable(
        f"the store in {place.folder} does not answer within {START_WITHIN_S:.0f} s: "
        f"see {place.log}"
    )


def stop(settings: StoreSettings) -> bool:
    """Stop the server, by force where it does not stop in time.

    Returns
    -------
    bool
        False where it was not running.

    Raises
    ------
    UsageError
        The settings name a server of others.
    StoreUnavailable
        It cannot be stopped.
    """
    place = _own_place(settings)
    if not place.alive:
        return False
    _signal(place, signal.SIGTERM)
    if not _gone(place, STOP_WITHIN_S):
        logger.warning("the store in %s does not stop; killing it", place.folder)
        _signal(place, signal.SIGKILL)
        if not _gone(place, STOP_WITHIN_S):
            raise StoreUnavailable(
                f"the store in {place.folder} cannot be stopped: see {place.log}"
            )
    return True


def _client_of(place: Place) -> redis.Redis:
    """Make a client that gives up soon and does not try again."""
    return redis.Redis(
        unix_socket_path=str(place.socket),
        socket_timeout=ANSWER_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )


def _own_place(settings: StoreSettings) -> Place:
    if settings.url is not None:
        raise UsageError(
            "store.url names a server that is not ours to start or stop: "
            "do that where it runs, or unset store.url"
        )
    return Place.of(settings)


def _refuse_second_launch(place: Place, launched: bool) -> None:
    if launched:
        raise StoreUnavailable(
            f"the store in {place.folder} does not start: {last_words(place.log)}; see {place.log}"
        )


def _answers(place: Place) -> bool:
    with _client_of(place) as client:
        try:
            return bool(client.ping())
        except (redis.ConnectionError, redis.TimeoutError):
            return False


def _signal(place: Place, number: signal.Signals) -> None:
    try:
        os.kill(int(place.pid_file.read_text()), number)
    except (OSError, ValueError) as error:
        if place.alive:
            raise StoreUnavailable(
                f"the store in {place.folder} cannot be stopped: no process id in {place.pid_file}"
            ) from error


def _gone(place: Place, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while place.alive:
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True
