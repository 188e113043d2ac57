"""Cameras of laboratory and industry: Micro-Manager's and GenICam's."""

from pathlib import Path
from typing import ClassVar, Self

from config import Settings
from monitor.sources.extras import import_home
from monitor.sources.live import LiveSource
from monitor.sources.paths import after_scheme, is_file, missing, scheme_of
from monitor.sources.protocol import SourceError

DEMO = "demo"
MICROMANAGER_CURE = "install the extra: pip install 'smearwatch[micromanager]'"
GENICAM_CURE = (
    "install the extra, pip install 'smearwatch[genicam]', and Aravis: "
    "apt install gir1.2-aravis-0.8"
)

MICROMANAGER_HOME = "micromanager"
GENICAM_HOME = "aravis"


class MicroManagerSource(LiveSource):
    """The camera of a Micro-Manager configuration: ``micromanager:scope.cfg``.

    ``micromanager:demo`` is Micro-Manager's own demo camera, whose picture is drawn.
    """

    forms: ClassVar[tuple[str, ...]] = ("micromanager:CONFIG",)
    kind = "micromanager"

    @classmethod
    def match(cls, uri: str) -> bool:
        """Say whether ``uri`` is ``micromanager:...``."""
        return scheme_of(uri) == "micromanager"

    @classmethod
    def open(cls, uri: str, settings: Settings) -> Self:
        """Load the configuration and wait for the first frame.

        Raises
        ------
        SourceError
            pymmcore-plus is not installed, the configuration is absent or does not load, or
            its camera gives no frame.
        """
        config = after_scheme(uri)
        if not config:
            raise SourceError(f"{uri} names no configuration; give a .cfg file, or {DEMO}")
        if config != DEMO and not is_file(config):
            raise missing(config)
        home = import_home(MICROMANAGER_HOME, uri, MICROMANAGER_CURE)
        path = None if config == DEMO else Path(config)
        source = cls(
            uri, lambda: home.connect_micromanager(uri, path, settings.source), settings.source
        )
        source.simulated = home.is_demo(source._device)
        return source


class GenicamSource(LiveSource):
    """A GigE Vision or USB3 Vision camera: ``genicam:ID``, or ``genicam:`` for the only one."""

    forms: ClassVar[tuple[str, ...]] = ("genicam:ID",)
    kind = "genicam"

    @classmethod
    def match(cls, uri: str) -> bool:
        """Say whether ``uri`` is ``genicam:...``."""
        return scheme_of(uri) == "genicam"

    @classmethod
    def open(cls, uri: str, settings: Settings) -> Self:
        """Open the camera with that id, serial number or address, and wait for a frame.

        Raises
        ------
        SourceError
            Aravis is not installed, there is no such camera, or it gives no frame.
        """
        home = import_home(GENICAM_HOME, uri, GENICAM_CURE)
        name = after_scheme(uri) or None
        source = cls(uri, lambda: home.connect_genicam(uri, name, settings.source), settings.source)
        source.simulated = home.is_demo(source._device)
        return source
