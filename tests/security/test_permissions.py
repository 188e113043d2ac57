"""What is written is for this user alone where it is nobody else's business."""

import os
import stat
from pathlib import Path

import pytest

from config import UsageError, load
from monitor.socket_paths import private_endpoint
from monitor.store import StoreError, connect, stop_server
from monitor.store.place import Place
from monitor.whole_file import whole_file


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture
def open_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def test_the_store_and_all_its_files_are_for_this_user_alone(tmp_path: Path, open_umask):
    settings = load(None, {"store.data_dir": tmp_path / "store"}, {}).store
    with connect(settings) as store:
        store.client.ask("SET", "a", "b")
    try:
        place = Place.of(settings)
        assert mode(place.folder) == 0o700
        assert mode(place.socket.parent) == 0o700
        written = [*list(place.folder.rglob("*")), place.socket]
        assert len(written) > 4
        assert {str(path): oct(mode(path)) for path in written if mode(path) & 0o077} == {}
    finally:
        stop_server(settings)


def test_a_store_is_not_put_where_everybody_writes(tmp_path: Path):
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(StoreError, match="chmod o-w"):
        connect(load(None, {"store.data_dir": folder}, {}).store)
    assert list(folder.iterdir()) == []


def test_the_endpoint_of_a_run_is_for_this_user_alone(open_umask):
    with private_endpoint() as endpoint:
        assert mode(Path(endpoint.removeprefix("ipc://")).parent) == 0o700


def test_a_file_takes_the_users_umask_and_no_more(tmp_path: Path):
    before = os.umask(0o027)
    try:
        with whole_file(tmp_path / "a.csv", force=False) as stream:
            stream.write(b"x")
    finally:
        os.umask(before)
    assert mode(tmp_path / "a.csv") == 0o640


def test_a_link_that_waits_where_a_file_is_written_is_not_followed(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("monitor.whole_file.secrets.token_hex", lambda _: "known")
    private = tmp_path / "private"
    private.write_text("mine")
    (tmp_path / ".a.csv.known.part").symlink_to(private)
    with (
        pytest.raises(UsageError, match="cannot be written"),
        whole_file(tmp_path / "a.csv", force=True) as stream,
    ):
        stream.write(b"x")
    assert private.read_text() == "mine"


def test_a_link_in_place_of_the_file_is_replaced_and_not_followed(tmp_path: Path):
    private = tmp_path / "private"
    private.write_text("mine")
    (tmp_path / "a.csv").symlink_to(private)
    with whole_file(tmp_path / "a.csv", force=True) as stream:
        stream.write(b"x")
    assert private.read_text() == "mine"
    assert (tmp_path / "a.csv").read_text() == "x"
