"""Fixtures that run the real command in real processes, on pictures with a known truth."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import msgspec
import pytest

from config import load
from config.settings import StoreSettings
from monitor.sources import Frame, open_source
from monitor.store import FrameRecord, SlideNotFound, Summary, connect, stop_server, summary
from monitor.store.keys import SlideKeys

FIELDS = 16
SOURCE = f"simulated:?fields={FIELDS}&seed=11&parasitemia=0.1"
PATIENCE_S = 120.0


@dataclass
class Command:
    """Runs ``smearwatch`` on a store of its own."""

    store: StoreSettings
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *arguments: object, module: str = "monitor") -> subprocess.Popen[str]:
        environment = dict(os.environ)
        if module == "monitor" and "worker" not in arguments:
            environment["SMEARWATCH_STORE__DATA_DIR"] = str(self.store.data_dir)
        process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.started.append(process)
        return process

    def __call__(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        out, error = process.communicate(timeout=PATIENCE_S)
        return subprocess.CompletedProcess(arguments, process.returncode, out, error)

    def summary(self, slide: str) -> Summary:
        with connect(self.store) as store:
            return summary(store, slide)

    def contents(self, slide: str) -> dict[str, object]:
        """All of a slide that must not depend on how it came to be counted."""
        keys = SlideKeys.of(slide)
        with connect(self.store) as store:
            fields = dict(_pairs(store.client.ask("HGETALL", keys.slide)))
            counts = {key: value for key, value in fields.items() if _is_count(key)}
            return counts | {
                "scores": dict(_pairs(store.client.ask("HGETALL", keys.scores))),
                "boxes": dict(_pairs(store.client.ask("HGETALL", keys.boxes))),
                "flagged": dict(_pairs(store.client.ask("HGETALL", keys.flagged_cells))),
            }

    def fields(self, slide: str) -> dict[int, FrameRecord]:
        """What is kept of each frame."""
        with connect(self.store) as store:
            kept = _pairs(store.client.ask("HGETALL", SlideKeys.of(slide).fields))
            return {int(at): msgspec.json.decode(one, type=FrameRecord) for at, one in kept}

    def wait_for(self, slide: str, reached: Callable[[Summary], bool]) -> Summary:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            try:
                result = self.summary(slide)
            except SlideNotFound:
                self._refuse_failed()
                time.sleep(0.05)
                continue
            if reached(result):
                return result
            self._refuse_failed()
            time.sleep(0.02)
        pytest.fail(f"slide {slide} did not get there within {PATIENCE_S:.0f} s")

    def _refuse_failed(self) -> None:
        newest = self.started[-1]
        if newest.poll() not in {None, 0, 130}:
            pytest.fail(f"{newest.args} ended: {newest.communicate()[1]}")


def _pairs(reply: object) -> Iterator[tuple[bytes, bytes]]:
    if isinstance(reply, dict):
        return iter(reply.items())
    assert isinstance(reply, list)
    return iter(zip(reply[::2], reply[1::2], strict=True))


def _is_count(key: bytes) -> bool:
    names = (b"cells", b"flagged", b"unscored", b"fields", b"state")
    return key in names or key.startswith((b"frames_", b"not_cells:"))


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of fields of the virtual microscope."""
    folder = tmp_path_factory.mktemp("pictures")
    source = open_source(SOURCE, load(environ={}))
    for frame in source.frames():
        assert isinstance(frame, Frame)
        cv2.imwrite(
            str(folder / f"field {frame.number}.png"), cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR)
        )
    source.close()
    return folder


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    """The command line on an empty store; what it started is ended with the test."""
    made = Command(load(overrides={"store.data_dir": tmp_path / "store"}, environ={}).store)
    yield made
    for process in made.started:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.communicate(timeout=PATIENCE_S)
    stop_server(made.store)


@pytest.fixture(scope="session")
def undisturbed(
    pictures: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, object]]:
    """What a run that nothing disturbs makes of the pictures."""
    folder = tmp_path_factory.mktemp("undisturbed")
    made = Command(load(overrides={"store.data_dir": folder}, environ={}).store)
    done = made("run", pictures, "--slide", "a")
    assert done.returncode == 0, done.stderr
    yield made.contents("a")
    stop_server(made.store)
