"""Checks of the cameras that need an extra: Micro-Manager's and GenICam's."""

from monitor.doctor.check import Finding, check
from monitor.sources import SourceError
from monitor.sources.extras import import_home
from monitor.sources.laboratory import (
    GENICAM_CURE,
    GENICAM_HOME,
    MICROMANAGER_CURE,
    MICROMANAGER_HOME,
)

UNLESS_NEEDED = "only for such a camera"
ADAPTERS_CURE = "install Micro-Manager, or its adapters alone: mmcore install"
NO_CAMERA_CURE = "check power, cable and address; other programs must not hold the camera"


@check("micromanager", "install the extra again: pip install 'smearwatch[micromanager]'")
def micromanager() -> Finding:
    """Look whether ``micromanager:`` can be used here."""
    try:
        home = import_home(MICROMANAGER_HOME, "micromanager:", MICROMANAGER_CURE)
    except SourceError:
        return Finding("note", "pymmcore-plus is absent", f"{UNLESS_NEEDED}: {MICROMANAGER_CURE}")
    try:
        return Finding("ok", home.adapters())
    except SourceError as error:
        return Finding("note", str(error), f"{UNLESS_NEEDED}: {ADAPTERS_CURE}")


@check("genicam", "install PyGObject and Aravis again: apt install gir1.2-aravis-0.8")
def genicam() -> Finding:
    """Look whether ``genicam:`` can be used here, and list the cameras that answer."""
    try:
        home = import_home(GENICAM_HOME, "genicam:", GENICAM_CURE)
    except SourceError:
        return Finding("note", "Aravis is absent", f"{UNLESS_NEEDED}: {GENICAM_CURE}")
    found = home.found_cameras()
    if not found:
        return Finding("note", "Aravis is there, and no camera answers", NO_CAMERA_CURE)
    return Finding("ok", ", ".join(f"genicam:{camera}" for camera in found))
