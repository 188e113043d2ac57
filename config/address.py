"""Where something is served over HTTP: a host and a port."""

from typing import NamedTuple, Self

from config.errors import UsageError

THIS_BOX = "127.0.0.1"
MAX_PORT = 65535


class Address(NamedTuple):
    """A host and a port, to listen at.

    Attributes
    ----------
    host
        Name or IP address; IPv6 without brackets.
    port
        0 to 65535; 0 leaves the choice to the system.
    """

    host: str
    port: int

    @classmethod
    def of(cls, text: str) -> Self:
        """Read ``HOST:PORT``, or ``PORT`` alone, which is served to this box only.

        Raises
        ------
        ValueError
            It is neither.
        """
        host, colon, port = text.rpartition(":")
        bracketed = host.startswith("[") and host.endswith("]")
        if (colon and not host) or (":" in host and not bracketed):
            raise ValueError(f"{text!r} is not HOST:PORT, such as 127.0.0.1:9464, or PORT alone")
        if not (port.isascii() and port.isdecimal()) or int(port[:6]) > MAX_PORT:
            raise ValueError(f"{text!r} has no port of 0 to {MAX_PORT}, as in 127.0.0.1:9464")
        return cls(host.strip("[]") or THIS_BOX, int(port))

    def __str__(self) -> str:
        """Give it as it stands in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def beside(self, number: int) -> Self:
        """Give the address ``number`` ports further on; port 0 stays 0.

        Raises
        ------
        UsageError
            There is no such port.
        """
        port = self.port + number if self.port else 0
        if port > MAX_PORT:
            raise UsageError(
                f"there is no port {port}, {number} ports beside {self}: "
                f"choose one of at most {MAX_PORT - number}"
            )
        return type(self)(self.host, port)
