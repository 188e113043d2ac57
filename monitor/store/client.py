"""A Redis client whose errors are ours and whose replies are bytes."""

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config import UsageError
from config.redact import without_secrets
from monitor.store.errors import translated
from monitor.store.keys import SlideKeys
from monitor.store.scripts import ScriptName, script_text

SCHEMES = ("redis", "rediss", "unix")
CONNECT_TIMEOUT_S = 3.0
ANSWER_TIMEOUT_S = 10.0

Word = str | int | float | bytes


class Client:
    """Talks to one server; safe to use from several threads. Nothing is sent when it is made.

    Every method raises ``StoreUnavailable`` where trying again later may help, else
    ``StoreRefused`` or ``StoreError``.

    Parameters
    ----------
    url
        A Redis URL.

    Attributes
    ----------
    server
        The URL without user name, password and query: what the server is called in messages.

    Raises
    ------
    UsageError
        The URL is not a Redis URL.
    """

    def __init__(self, url: str) -> None:
        self.server = public_name(url)
        if url.partition("://")[0].lower() not in SCHEMES:
            raise UsageError(
                f"store.url {self.server!r} is not a Redis URL: "
                "use redis://host:6379/0, rediss://... or unix:///path/to/socket"
            )
        try:
            self._redis = redis.Redis.from_url(
                url,
                protocol=2,
                socket_timeout=ANSWER_TIMEOUT_S,
                socket_connect_timeout=CONNECT_TIMEOUT_S,
                # Once more at once: an idle connection may have been dropped by a restart.
                retry=Retry(NoBackoff(), 1),
            )
        except ValueError:
            # Its text may hold a piece of the password: what comes after an unescaped sign.
            raise UsageError(
                f"store.url {self.server!r} is not valid: it is redis://USER:PASSWORD@HOST:PORT/0, "
                "with the signs :/?#[]@ of a password written as %3A, %2F and so on"
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._redis.close()

    def ask(self, *command: Word) -> Any:
        """Send one command; give its reply."""
        with translated(self.server):
            return self._redis.execute_command(*command)  # type: ignore[no-untyped-call]

    def ask_together(self, commands: Sequence[Sequence[Word]], *, atomic: bool) -> list[Any]:
        """Send commands at once; give their replies. ``atomic``: nothing comes between them."""
        with translated(self.server), self._redis.pipeline(transaction=atomic) as pipe:
            for command in commands:
                pipe.execute_command(*command)  # type: ignore[no-untyped-call]
            return pipe.execute()

    def run(self, name: ScriptName, keys: SlideKeys, arguments: Sequence[Word]) -> Any:
        """Run a script; the server is sent its text only where it does not know it yet."""
        with translated(self.server):
            script = self._redis.register_script(script_text(name))
            return script(keys=keys.all(), args=arguments)


def public_name(url: str) -> str:
    """Give ``url`` without user name, password and query."""
    try:
        parts = urlsplit(without_secrets(url))
    except ValueError:
        return f"{url.partition('://')[0]}://..."
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
