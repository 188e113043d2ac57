"""The true parasitemia of a slide under the virtual microscope."""

from config import UsageError
from monitor.sources.protocol import SourceError
from monitor.sources.simulated.options import options_from_uri
from monitor.sources.simulated.source import SimulatedSource


def simulated_share(uri: str, where: str) -> float:
    """Give the infected share of all cells that a simulated source shows whole, each once.

    Raises
    ------
    UsageError
        The URI cannot be read, or the source has no end; ``where`` says where it stands.
    """
    try:
        source = SimulatedSource(uri, options_from_uri(uri))
    except SourceError as error:
        raise UsageError(f"{where}: {error}") from error
    if source.total is None:
        raise UsageError(f"{where}: {uri} has no end; add frames=N")
    cells = {
        cell.id: cell.infected
        for number in range(source.total)
        for cell in source.truth(number).whole
    }
    return sum(cells.values()) / len(cells) if cells else 0.0
