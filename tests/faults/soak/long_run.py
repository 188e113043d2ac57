"""Counts at full rate for long, and watches what every process holds."""

import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import redis

from config import load
from monitor.store import connect, stop_server, summary
from monitor.store.place import Place
from soak.held import WINDOW_S, Held, LongReport, Sample, median, sample
from soak.stores import reader
from workers.lifetime import INTERRUPTED

SOURCE = "simulated:?fields=1000000&seed=7"
EVERY_S = 5.0
WITHIN = 0.05
ENDED_WITHIN_S = 120.0
SLIDE = "soak"


class LongRun:
    """``smearwatch run`` on a source without end, interrupted after a while.

    Parameters
    ----------
    minutes
        How long.
    settled_minute
        From when on nothing may grow.
    source
        What is counted; None: fields of the virtual microscope, as fast as they are counted.
    workers
        How many.
    """

    def __init__(
        self, minutes: float, settled_minute: float, source: str | None, workers: int
    ) -> None:
        self._end_s = 60 * minutes
        self._settled_s = min(60 * settled_minute, self._end_s / 2)
        self._source = source or SOURCE
        self._workers = workers
        self._samples: dict[str, list[Sample]] = defaultdict(list)
        self._data_mb: list[tuple[float, float]] = []

    def run(self) -> LongReport:
        """Count, watch, stop; give what was found."""
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
            settings = load(overrides={"store.data_dir": folder / "d"}, environ={}).store
            stack.callback(stop_server, settings)
            log = stack.enter_context((folder / "log").open("w+"))
            command = [sys.executable, "-m", "monitor", "run", self._source, "--slide", SLIDE]
            command += ["--workers", str(self._workers), "--data-dir", str(folder / "d")]
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            stack.callback(process.kill)
            place = Place.of(settings)
            with reader(str(place.socket)) as client:
                self._watch(process, place, client)
            process.terminate()
            code = process.wait(ENDED_WITHIN_S)
            with connect(settings) as store:
                counted = summary(store, SLIDE)
        held = {name: self._held(name) for name in self._samples}
        flat = all(one.passed for one in held.values())
        return LongReport(
            passed=code == INTERRUPTED and counted.balanced and flat,
            minutes=self._end_s / 60,
            state=counted.state,
            balanced=counted.balanced,
            fields=counted.fields,
            cells=counted.cells,
            cells_per_s=round(counted.cells / max(1.0, counted.counting_s), 1),
            bytes_a_cell=round(1e6 * self._data_mb[-1][1] / max(1, counted.cells), 1),
            processes=held,
        )

    def _watch(self, process: subprocess.Popen[bytes], place: Place, client: redis.Redis) -> None:
        started_s = time.monotonic()
        while (at_s := time.monotonic() - started_s) < self._end_s:
            if process.poll() is not None:
                raise SystemExit(f"the run ended by itself with code {process.returncode}")
            with suppress(psutil.NoSuchProcess, redis.RedisError, OSError, ValueError):
                for name, one in _processes(process.pid, place).items():
                    self._samples[name].append(sample(one, at_s))
                self._data_mb.append((at_s, client.info("memory")["used_memory_dataset"] / 1e6))
                self._say(at_s)
            time.sleep(EVERY_S)

    def _say(self, at_s: float) -> None:
        shown = ", ".join(
            f"{name} {samples[-1].rss_mb:.0f} MB {samples[-1].files} files "
            f"{samples[-1].sockets} sockets"
            for name, samples in self._samples.items()
        )
        sys.stdout.write(f"{at_s / 60:.1f} min: {shown}\n")
        sys.stdout.flush()

    def _held(self, name: str) -> Held:
        samples = self._samples[name]
        settled = median(samples, self._settled_s)
        end = median(samples, self._end_s - WINDOW_S / 2)
        data_mb = self._data_growth() if name == "store" else 0.0
        growth = (end.rss_mb - data_mb) / settled.rss_mb - 1
        return Held(
            settled=settled,
            end=end,
            most_rss_mb=max(one.rss_mb for one in samples),
            growth=round(growth, 4),
            passed=growth <= WITHIN
            and end.files <= settled.files
            and end.sockets <= settled.sockets
            and end.threads <= settled.threads,
        )

    def _data_growth(self) -> float:
        settled = min(self._data_mb, key=lambda pair: abs(pair[0] - self._settled_s))
        return self._data_mb[-1][1] - settled[1]


def _processes(pid: int, place: Place) -> dict[str, psutil.Process]:
    run = psutil.Process(pid)
    found = {"run": run, "store": psutil.Process(int(place.pid_file.read_text()))}
    workers = 0
    for child in run.children(recursive=True):
        words = " ".join(child.cmdline())
        if re.search(r" monitor\b.* capture ", words):
            found["capture"] = child
        elif re.search(r" workers? ", words):
            workers += 1
            found[f"worker {workers}"] = child
    return found
