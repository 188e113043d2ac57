"""Addresses to serve at: read as they are written, or refused by name."""

import pytest

from config import UsageError, load
from config.address import Address


@pytest.mark.parametrize(
    ("text", "host", "port", "shown"),
    [
        ("9464", "127.0.0.1", 9464, "127.0.0.1:9464"),
        ("0.0.0.0:80", "0.0.0.0", 80, "0.0.0.0:80"),
        ("[::1]:9464", "::1", 9464, "[::1]:9464"),
        ("box.lab:0", "box.lab", 0, "box.lab:0"),
    ],
)
def test_a_host_and_a_port_or_a_port_alone(text: str, host: str, port: int, shown: str):
    assert Address.of(text) == (host, port)
    assert str(Address.of(text)) == shown


@pytest.mark.parametrize("text", ["", ":", "a", "a:", ":9", "::1:9", "a:65536", "a:-1", "9" * 5000])
def test_what_is_none_is_refused(text: str):
    with pytest.raises(ValueError, match=r"HOST:PORT|port"):
        Address.of(text)


def test_processes_of_one_box_have_ports_side_by_side():
    assert Address.of("9464").beside(2) == ("127.0.0.1", 9466)
    assert Address.of("0").beside(2).port == 0
    with pytest.raises(UsageError, match="no port 65536"):
        Address.of("65535").beside(1)


def test_the_setting_takes_a_port_as_a_number_and_refuses_nonsense():
    assert load(None, {"metrics.address": 9464}, {}).metrics.address == "127.0.0.1:9464"
    assert load(None, {}, {}).metrics.address is None
    with pytest.raises(UsageError, match=r"(?i)metrics\.address.*HOST:PORT"):
        load(None, {"metrics.address": "::1:9"}, {})
