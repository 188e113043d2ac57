"""Serves what a process measures to Prometheus, from a thread of its own."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server

from config import SmearwatchError
from config.address import Address

logger = logging.getLogger(__name__)


class MetricsError(SmearwatchError):
    """Metrics cannot be served where they were to be."""


@contextmanager
def serving_metrics(address: str | None, registry: CollectorRegistry) -> Iterator[None]:
    """Serve ``/metrics``, with this process's memory, processor time and open files.

    Parameters
    ----------
    address
        ``metrics.address``; None: nothing is served.
    registry
        What the process measures.

    Raises
    ------
    MetricsError
        The address cannot be listened at.
    """
    if address is None:
        yield
        return
    at = Address.of(address)
    ProcessCollector(registry=registry)
    try:
        server, thread = start_http_server(at.port, at.host, registry)
    except OSError as error:
        raise MetricsError(
            f"cannot serve metrics at {at}: {error.strerror}; "
            "end what uses it, or choose another metrics.address (null: none)"
        ) from error
    logger.info("metrics at http://%s/metrics", Address(at.host, server.server_port))
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
