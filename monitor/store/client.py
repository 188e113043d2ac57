"""A Redis client whose errors are ours and whose replies are bytes."""

import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from monitor.store.errors import translated
from monitor.store.keys import SlideKeys
from monitor.store.scripts import ScriptName, script_text
from monitor.store.urls import Address, Server

Word = str | int | float | bytes


class Client:
    """Talks to a server or cluster; safe to use from several threads. Making it sends nothing.

    Every method raises ``StoreUnavailable`` where trying again later may help, else
    ``StoreRefused`` or ``StoreError``.

    Parameters
    ----------
    url
        A Redis URL, see :class:`Address`.

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
        self._address = Address.of(url)
        self.server = self._address.name
        self._opening = threading.Lock()
        self._opened: Server | None = None

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
        if self._opened is not None:
            self._opened.close()

    def ask(self, *command: Word) -> Any:
        """Send one command; give its reply."""
        with translated(self.server):
            return self._server().execute_command(*command)  # type: ignore[no-untyped-call]

    def ask_together(self, commands: Sequence[Sequence[Word]], *, atomic: bool) -> list[Any]:
        """Send commands at once; give their replies. ``atomic``: nothing comes between them."""
        with translated(self.server), self._server().pipeline(transaction=atomic) as pipe:
            for command in commands:
                pipe.execute_command(*command)
            replies = pipe.execute()
        return [_shaped(command, reply) for command, reply in zip(commands, replies, strict=True)]

    def run(self, name: ScriptName, keys: SlideKeys, arguments: Sequence[Word]) -> Any:
        """Run a script; the server is sent its text only where it does not know it yet."""
        with translated(self.server):
            script = self._server().register_script(script_text(name))
            return script(keys=keys.all(), args=arguments)

    def _server(self) -> Server:
        with self._opening:
            if self._opened is None:
                self._opened = self._address.open()
            return self._opened


def _shaped(command: Sequence[Word], reply: Any) -> Any:
    """Give the reply as it comes of a single command; a cluster's transaction leaves it raw."""
    if command[0] == "HGETALL" and isinstance(reply, list):
        return _pairs(reply)
    if command[0] == "XRANGE":
        return [
            (entry, _pairs(fields) if isinstance(fields, list) else fields)
            for entry, fields in reply
        ]
    return reply


def _pairs(words: list[bytes]) -> dict[bytes, bytes]:
    return dict(zip(words[::2], words[1::2], strict=True))
