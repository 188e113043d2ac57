"""The virtual microscope: simulated thin smears with a known truth for every cell."""

from monitor.sources.simulated.options import MicroscopeOptions, SmearOptions
from monitor.sources.simulated.smear import VirtualSmear
from monitor.sources.simulated.source import SimulatedSource
from monitor.sources.simulated.truth import CellTruth, FieldTruth, Stage

__all__ = [
    "CellTruth",
    "FieldTruth",
    "MicroscopeOptions",
    "SimulatedSource",
    "SmearOptions",
    "Stage",
    "VirtualSmear",
]
