"""Only endpoints that nobody outside this machine reaches are used."""

import pytest

from config import UsageError
from workers.endpoints import LONGEST_SOCKET_PATH, refuse_open_endpoint, refuse_unsure_endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "tcp://127.0.0.1:5757",
        "tcp://127.8.9.1:1",
        "tcp://127.0.0.1:*",
        "tcp://localhost:0",
        "tcp://[::1]:5757",
        "ipc:///run/smearwatch.ipc",
    ],
)
def test_an_endpoint_of_this_machine_is_taken(endpoint: str):
    refuse_open_endpoint(endpoint)


@pytest.mark.parametrize(
    "endpoint",
    [
        "tcp://0.0.0.0:5757",
        "tcp://*:5757",
        "tcp://[::]:5757",
        "tcp://10.0.0.1:5757",
        "tcp://eth0:5757",
        "tcp://example.org:5757",
        "tcp://127.0.0.1:0;10.0.0.1:5757",
        "tcp://127.0.0.1.example.org:5757",
    ],
)
def test_one_that_others_reach_is_refused_with_a_way_out(endpoint: str):
    with pytest.raises(UsageError, match="SSH tunnel") as caught:
        refuse_open_endpoint(endpoint)
    assert endpoint in str(caught.value)


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "127.0.0.1:5757",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:",
        "tcp://127.0.0.1:abc",
        "tcp://127.0.0.1:99999",
        "tcp://127.0.0.1:-1",
        "tcp://127.0.0.1:5757/",
        "tcp://127.0.0.1:" + "9" * 5000,
        "udp://127.0.0.1:5757",
        "ipc://",
        "ipc://*",
        "inproc://here",
    ],
)
def test_one_that_is_none_is_refused_with_the_form_of_one(endpoint: str):
    with pytest.raises(UsageError, match=r"tcp://127\.0\.0\.1:PORT"):
        refuse_open_endpoint(endpoint)


@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:0", "tcp://127.0.0.1:*", "tcp://[::1]:00"])
def test_one_without_a_port_of_its_own_is_no_meeting_point(endpoint: str):
    with pytest.raises(UsageError, match="name one"):
        refuse_unsure_endpoint(endpoint)


@pytest.mark.parametrize("endpoint", ["tcp://127.0.0.1:5757", "ipc:///run/odd:0"])
def test_one_that_can_be_told_is_a_meeting_point(endpoint: str):
    refuse_unsure_endpoint(endpoint)


def test_a_path_too_long_for_a_socket_is_refused_with_how_long_it_may_be():
    with pytest.raises(UsageError, match=f"{LONGEST_SOCKET_PATH} bytes"):
        refuse_open_endpoint(f"ipc:///tmp/{'x' * 120}")
