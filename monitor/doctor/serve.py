"""Serves how a box does over HTTP: ``/live``, ``/ready`` and ``/metrics``."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6
from threading import Thread

import msgspec

from config import SmearwatchError
from config.address import Address
from monitor.doctor.check import Check
from monitor.doctor.metrics import metrics_of

logger = logging.getLogger(__name__)

IDLE_S = 10.0
JSON = "application/json"
TEXT = "text/plain; version=0.0.4; charset=utf-8"

Page = Callable[[], tuple[HTTPStatus, str, bytes]]


class HealthError(SmearwatchError):
    """Health cannot be served where it was to be."""


@contextmanager
def serving_health(address: Address, checks: Callable[[], Sequence[Check]]) -> Iterator[Address]:
    """Serve health from threads of its own; give where.

    Parameters
    ----------
    address
        Where to listen.
    checks
        Looks at what must be well for a slide to be begun; called from several threads.

    Raises
    ------
    HealthError
        The address cannot be listened at.
    """
    try:
        server = _server_of(address)(address, _handler(_pages(checks)))
    except OSError as error:
        raise HealthError(
            f"cannot serve health at {address}: {error.strerror}; "
            "end what uses it, or name another with --serve"
        ) from error
    with server:
        thread = Thread(target=server.serve_forever, name="health")
        thread.start()
        try:
            yield Address(address.host, server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


def _pages(checks: Callable[[], Sequence[Check]]) -> dict[str, Page]:
    metrics = metrics_of(checks)

    def ready() -> tuple[HTTPStatus, str, bytes]:
        found = checks()
        well = all(one.state != "failed" for one in found)
        status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
        return status, JSON, msgspec.json.encode({"ready": well, "checks": found})

    return {
        "/live": lambda: (HTTPStatus.OK, JSON, msgspec.json.encode({"live": True})),
        "/ready": ready,
        "/metrics": lambda: (HTTPStatus.OK, TEXT, metrics()),
    }


def _server_of(address: Address) -> type[ThreadingHTTPServer]:
    class Server(ThreadingHTTPServer):
        address_family = AF_INET6 if ":" in address.host else AF_INET

    return Server


def _handler(pages: dict[str, Page]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = IDLE_S

        def do_GET(self) -> None:
            page = pages.get(self.path.partition("?")[0])
            if page is None:
                self.send_error(HTTPStatus.NOT_FOUND, explain=f"there are {', '.join(pages)}")
                return
            status, kind, body = page()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            logger.debug(format, *args)

    return Handler
