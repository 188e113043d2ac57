"""A password that opens a camera or a store is in no log, no record and no answer."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config import load
from monitor.store import connect
from monitor.store.place import Place

SECRET = "s3cr3t"

# Sends the pictures of a folder as a stream, as many as asked for, then goes away.
SENDER = """
import pathlib, socket, sys, time
folder, frames = pathlib.Path(sys.argv[1]), int(sys.argv[2])
parts = [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
with socket.create_server(("127.0.0.1", 0)) as server:
    print(server.getsockname()[1], flush=True)
    while True:
        peer, _ = server.accept()
        try:
            asked = peer.recv(4000)
            if b"Authorization: Basic" not in asked:
                peer.sendall(b"HTTP/1.1 401 No\\r\\nWWW-Authenticate: Basic realm=a\\r\\n\\r\\n")
                continue
            peer.sendall(b"HTTP/1.1 200 OK\\r\\n"
                         b"Content-Type: multipart/x-mixed-replace;boundary=b\\r\\n\\r\\n")
            for number in range(frames):
                jpeg = parts[number % len(parts)]
                peer.sendall(b"--b\\r\\nContent-Type: image/jpeg\\r\\nContent-Length: "
                             + str(len(jpeg)).encode() + b"\\r\\n\\r\\n" + jpeg + b"\\r\\n")
                time.sleep(0.05)
        except OSError:
            pass
        finally:
            peer.close()
"""


@pytest.fixture
def stream(pictures: Path, tmp_path: Path) -> Iterator[str]:
    """Address of a camera that asks for a password and breaks off again and again."""
    import cv2  # noqa: PLC0415

    folder = tmp_path / "sent"
    folder.mkdir()
    for path in sorted(pictures.iterdir())[:4]:
        cv2.imwrite(str(folder / f"{path.stem}.jpg"), cv2.imread(str(path)))
    process = subprocess.Popen(
        [sys.executable, "-c", SENDER, str(folder), "30"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    port = process.stdout.readline().strip()
    yield f"http://eve:{SECRET}@127.0.0.1:{port}/live?token={SECRET}"
    process.kill()
    process.communicate()


def everything(client: Any) -> Iterator[tuple[bytes, bytes]]:
    """Every key of the store with all that it holds, as Redis itself would save it."""
    reads = {
        b"hash": ("HGETALL",),
        b"string": ("GET",),
        b"zset": ("ZRANGE", 0, -1),
        b"stream": ("XRANGE", "-", "+"),
        b"set": ("SMEMBERS",),
        b"list": ("LRANGE", 0, -1),
    }
    for key in client.ask("KEYS", "*"):
        kind = client.ask("TYPE", key)
        if kind == b"none":
            continue  # The live figures: they have gone meanwhile, as they do.
        name, *rest = reads[kind]
        yield key, repr(client.ask(name, key, *rest)).encode()


def test_the_password_of_a_camera_is_nowhere(command: Any, stream: str):
    quick = ["--set", "source.reconnect_initial_s=0.05", "--set", "source.open_timeout_s=5"]
    words = ["--set", "log.level=debug", "--set", "gate.mode=off", *quick]
    process = command.start("--debug", "run", stream, "--slide", "a", *words, "--json")
    command.wait_for("a", lambda result: result.fields >= 1 and "camera_lost" in told(command))
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=100)
    assert process.returncode == 0, error
    assert "gives no more frames" in error
    for said in (out, error):
        assert SECRET not in said
    assert "eve:***@127.0.0.1" in out
    with connect(command.store) as store:
        for key, held in everything(store.client):
            assert SECRET.encode() not in held, key
    for question in ("slides", "summary", "events", "export"):
        answer = command(question, *([] if question == "slides" else ["a"]))
        assert SECRET not in answer.stdout + answer.stderr


def told(command: Any) -> str:
    with connect(command.store) as store:
        return dict(everything(store.client))[b"slide:{a}:events"].decode()


@pytest.mark.parametrize(
    "words",
    [
        ["slides", "--redis", f"redis://:x/{SECRET}@127.0.0.1:1/0"],
        ["slides", "--redis", f"redis://[:{SECRET}@127.0.0.1:1/0"],
        ["capture", f"rtps://eve:{SECRET}@127.0.0.1:1/x", "--slide", "a"],
        ["run", ".", "--slide", "a", "--set", f"store.url redis://:{SECRET}@127.0.0.1"],
    ],
    ids=lambda words: " ".join(words[:4])[:40].replace(SECRET, "S"),
)
def test_a_refusal_tells_no_password(command: Any, words: list[str]):
    done = command("--debug", *words)
    assert done.returncode in {1, 2}
    assert SECRET not in done.stdout + done.stderr
    assert done.stderr.splitlines()[-1].startswith("smearwatch: ")


def test_the_password_of_a_store_is_not_told_by_what_works_and_what_does_not(command: Any):
    with connect(command.store) as store:
        store.client.ask("CONFIG", "SET", "requirepass", SECRET)
    url = Place.of(load(None, {"store.data_dir": command.store.data_dir}, {}).store).url
    for password in (SECRET, f"{SECRET}-wrong"):
        os.environ["SMEARWATCH_STORE__URL"] = f"{url}?password={password}"
        try:
            done = command("--debug", "store", "status")
            assert SECRET not in done.stdout + done.stderr
        finally:
            del os.environ["SMEARWATCH_STORE__URL"]
