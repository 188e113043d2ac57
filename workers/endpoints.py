"""Which ZeroMQ endpoints may be used: those that only this machine reaches."""

import os
from ipaddress import ip_address

from config import UsageError

LONGEST_SOCKET_PATH = 103
"""In bytes: sun_path holds 104 on macOS, 108 on Linux, the closing zero included."""

ANY_PORT = "*"
MAX_PORT = 65535
MAX_DIGITS = len(str(MAX_PORT))


def refuse_open_endpoint(endpoint: str) -> None:
    """Refuse an endpoint that others than this machine could reach.

    Raises
    ------
    UsageError
        It is neither ``ipc://`` nor a loopback TCP address with a port, or its path is too long.
    """
    transport, _, address = endpoint.partition("://")
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    if transport == "ipc" and address not in {"", ANY_PORT}:
        if len(os.fsencode(address)) > LONGEST_SOCKET_PATH:
            raise UsageError(
                f"endpoint {endpoint} is longer than a socket's path may be "
                f"({LONGEST_SOCKET_PATH} bytes): name a shorter one"
            )
        return
    if transport != "tcp" or not host or not _is_port(port):
        raise UsageError(f"endpoint {endpoint!r} is not tcp://127.0.0.1:PORT or ipc://PATH")
    try:
        loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise UsageError(
            f"endpoint {endpoint} can be reached from outside and would take crops from anyone: "
            "use tcp://127.0.0.1:PORT here and an SSH tunnel to workers on other machines"
        )


def refuse_unsure_endpoint(endpoint: str) -> None:
    """Refuse an endpoint at which nobody can be told beforehand to connect.

    Raises
    ------
    UsageError
        It can be reached from outside, or its port is left to the system.
    """
    refuse_open_endpoint(endpoint)
    port = endpoint.rpartition(":")[2]
    if endpoint.startswith("tcp:") and (port == ANY_PORT or int(port) == 0):
        raise UsageError(
            f"endpoint {endpoint} leaves the port to the system, and workers could not be told "
            "where to connect: name one, such as tcp://127.0.0.1:5757"
        )


def _is_port(text: str) -> bool:
    # ZeroMQ itself would listen on 99999 modulo 65536.
    if text == ANY_PORT:
        return True
    number = text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS
    return number and int(text) <= MAX_PORT
