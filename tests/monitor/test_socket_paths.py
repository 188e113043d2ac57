"""Where sockets are put, with short and long folders for temporary files."""

import tempfile
from pathlib import Path

import pytest
import zmq

from monitor.socket_paths import private_endpoint


@pytest.mark.parametrize("depth", [1, 60])
def test_a_private_endpoint_can_be_listened_on_whatever_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, depth: int
):
    usual = tmp_path / ("x" * depth) / ("y" * depth)
    usual.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(usual))
    with private_endpoint() as endpoint, zmq.Context() as context, context.socket(zmq.ROUTER) as at:
        folder = Path(endpoint.removeprefix("ipc://")).parent
        at.bind(endpoint)
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()
