"""Checks that capture can listen for workers."""

import errno
import os
import socket
from pathlib import Path

from config.settings import DispatchSettings
from monitor.doctor.check import Finding, check
from workers.endpoints import refuse_open_endpoint

HIGHEST_PORT = 65535


@check("endpoint", "set dispatch.endpoint to tcp://127.0.0.1:PORT or ipc://PATH")
def endpoint(settings: DispatchSettings) -> Finding:
    """Check that ``dispatch.endpoint`` can be bound."""
    refuse_open_endpoint(settings.endpoint)
    transport, _, address = settings.endpoint.partition("://")
    if transport == "tcp":
        return _tcp(settings.endpoint, address)
    if transport == "ipc":
        return _ipc(settings.endpoint, Path(address))
    return Finding("ok", f"{settings.endpoint} stays within one process")


def _tcp(name: str, address: str) -> Finding:
    host, _, port = address.rpartition(":")
    number = "0" if port == "*" else port
    if not number.isdecimal() or int(number) > HIGHEST_PORT:
        found = f"{name} does not end in a port"
        return Finding("failed", found, f"end it with one from 1024 to {HIGHEST_PORT}: :5757")
    try:
        _bind(host.strip("[]"), int(number))
    except OSError as error:
        found = f"{name} cannot be bound: {error.strerror or error}"
        return Finding("failed", found, _cure(error, number))
    return Finding("ok", f"{name} is free")


def _bind(host: str, port: int) -> None:
    family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as listener:
        # As ZeroMQ does: a port whose last connections are only fading out is free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(1)


def _cure(error: OSError, port: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"a capture may be running, which is fine; else end what listens (ss -ltnp shows "
            f"port {port}), or set dispatch.endpoint to another port"
        )
    return f"set dispatch.endpoint to tcp://127.0.0.1:PORT, with a port from 1024 to {HIGHEST_PORT}"


def _ipc(name: str, path: Path) -> Finding:
    if not os.access(path.parent, os.W_OK | os.X_OK):
        return Finding(
            "failed",
            f"{name} cannot be bound: the folder {path.parent} is not there or not writable",
            "make the folder for this user, or set dispatch.endpoint to another path",
        )
    return Finding("ok", f"{name} can be made in {path.parent}")
