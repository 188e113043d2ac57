"""A relay on loopback whose lines can be cut, delayed and silenced, and which remembers them."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

READ_BYTES = 1 << 16
REMEMBERED_BYTES = 2 << 20
REMEMBERED_LINES = 8
WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Line:
    """What went over one connection, as far as it is remembered: its first 2 MiB each way."""

    sent: bytearray = field(default_factory=bytearray)
    answered: bytearray = field(default_factory=bytearray)


class Proxy:
    """Relays TCP connections to a TCP port or a Unix socket.

    Attributes
    ----------
    port
        Where it listens.
    target
        TCP port or path of a Unix socket; None: connections are refused.
    lines
        The last connections that it relayed.
    """

    def __init__(self) -> None:
        self.port = 0
        self.target: int | str | None = None
        self.lines: list[Line] = []
        self._cut = False
        self._delay_s = 0.0
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy")

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """Break all connections and refuse new ones."""
        self._do(self._set_cut())

    def delay(self, delay_s: float) -> None:
        """Hold up everything by so many seconds."""
        self._do(self._set_delay(delay_s))

    def silence(self) -> None:
        """Let nothing through any more, and say nothing of it."""
        self._do(self._set_flowing(False))

    def mend(self) -> None:
        """Relay again as if nothing had been."""
        self._do(self._mend())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(WAIT_S)

    async def _listen(self) -> None:
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        self._break_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _set_cut(self) -> None:
        self._cut = True
        self._break_all()

    async def _set_delay(self, delay_s: float) -> None:
        self._delay_s = delay_s

    async def _set_flowing(self, flowing: bool) -> None:
        if flowing:
            self._flowing.set()
        else:
            self._flowing.clear()

    async def _mend(self) -> None:
        self._cut, self._delay_s = False, 0.0
        self._flowing.set()

    def _break_all(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            with suppress(OSError, asyncio.CancelledError):
                if not self._cut and self.target is not None:
                    await self._both_ways(reader, writer)
        finally:
            writer.transport.abort()
            self._writers.discard(writer)
            self._tasks.discard(task)

    async def _both_ways(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await self._reach()
        self._writers.add(far_writer)
        line = Line()
        self.lines = [*self.lines[1 - REMEMBERED_LINES :], line]
        ways = [
            asyncio.create_task(self._pump(reader, far_writer, line.sent)),
            asyncio.create_task(self._pump(far_reader, writer, line.answered)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            far_writer.transport.abort()
            self._writers.discard(far_writer)

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.target, str):
            return await asyncio.open_unix_connection(self.target)
        return await asyncio.open_connection("127.0.0.1", self.target)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, memory: bytearray
    ) -> None:
        while data := await reader.read(READ_BYTES):
            memory += data[: max(0, REMEMBERED_BYTES - len(memory))]
            await asyncio.sleep(self._delay_s)
            await self._flowing.wait()
            writer.write(data)
            await writer.drain()
