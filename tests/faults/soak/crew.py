"""The processes of a rig: how captures and workers are started, and what all of them have said."""

from pathlib import Path

from soak.processes import Process

SLIDE = "soak"
SETTINGS = (
    "dispatch.lease_s=1",
    "dispatch.heartbeat_s=0.2",
    "dispatch.max_message_bytes=2097152",
    "dispatch.max_fields_in_flight=4",
    "store.retry_max_s=0.5",
    "segmenter.threads=1",
    "worker.threads=1",
    "worker.device=cpu",
)


class Crew:
    """All processes that a rig has ever started.

    Parameters
    ----------
    folder
        Where their logs go.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[Process] = []

    def worker(self, ports: list[int]) -> Process:
        """Start a worker that connects to these ports."""
        to = [word for port in ports for word in ("--connect", f"tcp://127.0.0.1:{port}")]
        return self._start("worker", ["worker", *to])

    def capture(self, source: str, options: list[str], resume: bool) -> Process:
        """Start a capture of the slide on any free port."""
        where = ["--slide", SLIDE, "--bind", "tcp://127.0.0.1:0", *options]
        mode = ["--resume"] if resume else []
        return self._start("capture", ["capture", source, *where, *mode])

    def _start(self, name: str, arguments: list[str]) -> Process:
        options = [word for setting in SETTINGS for word in ("--set", setting)]
        log = self._folder / f"{name}-{len(self._started)}.log"
        process = Process([*arguments, *options], log)
        self._started.append(process)
        return process

    def kill(self) -> None:
        """End all that still live."""
        for process in self._started:
            process.kill()

    def tracebacks(self) -> list[str]:
        """Name the processes that have said something with a traceback in it."""
        return [
            f"{process.log.name}: {_around_traceback(process.words)}"
            for process in self._started
            if "Traceback" in process.words
        ]

    def logs(self, lines: int = 25) -> str:
        """Give the last lines of every process."""
        return "\n".join(
            f"--- {process.log.name}, exit code {process.exit_code}\n"
            + "\n".join(process.words.splitlines()[-lines:])
            for process in self._started
        )


def _around_traceback(words: str) -> str:
    lines = words.splitlines()
    at = next(number for number, line in enumerate(lines) if "Traceback" in line)
    return "\n".join(lines[max(0, at - 1) : at + 40])
