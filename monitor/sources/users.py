"""Which programs hold a device open."""

import os
from pathlib import Path


def programs_using(device: Path, processes: Path = Path("/proc")) -> list[str]:
    """Give the programs that have ``device`` open, as ``name (pid)``, this one left out.

    Those of other users are seen by root alone; where there is no ``/proc``, there are none.
    """
    target = device.resolve()
    folders = [path for path in processes.glob("[0-9]*") if path.name != str(os.getpid())]
    return [_named(path) for path in folders if _holds(path, target)]


def _holds(process: Path, target: Path) -> bool:
    try:
        return any(link.readlink() == target for link in (process / "fd").iterdir())
    except OSError:  # ended meanwhile, or somebody else's
        return False


def _named(process: Path) -> str:
    try:
        name = (process / "comm").read_text("utf-8", errors="replace").strip()
    except OSError:
        name = "a program"
    return f"{name} ({process.name})"
