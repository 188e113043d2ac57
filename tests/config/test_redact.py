"""Addresses are shown without what opens them, however badly they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.redact import redacted, without_secrets
from monitor.store.urls import public_name

SECRET = "s3cr3t"
PASSWORDS = st.tuples(
    st.text("aB9:/?#@%[]!$&'()*+,;=-._~ é", max_size=6),
    st.text("aB9:/?#@%[]!$&'()*+,;=-._~é", max_size=6),
).map(lambda ends: f"x{ends[0].strip()}{SECRET}{ends[1]}".replace(" ", ""))


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("rtsp://eve:s3:c@ret@cam:554/x", "rtsp://eve:***@cam:554/x"),
        ("rtsp://eve@cam:554/x", "rtsp://eve@cam:554/x"),
        ("rtsp://eve:p/w@cam/x", "rtsp://eve:***@cam/x"),
        ("rtsp://eve:p?w@cam/x", "rtsp://eve:***@cam/x"),
        ("rtsp://eve:p@s/w@cam/x", "rtsp://eve:***@cam/x"),
        ("rtsp://cam:554/live@2x", "rtsp://cam:554/live@2x"),
        ("http://cam:80/v?mail=a@b", "http://cam:80/v?mail=a@b"),
        ("http://cam/v?user=eve&pwd=a1&n=2", "http://cam/v?user=eve&pwd=***&n=2"),
        ("https://cam/v?Token=a1#k", "https://cam/v?Token=***#k"),
        ("rtsp://cam/user=eve_password=a1_channel=1.sdp", "rtsp://cam/user=eve_password=***"),
        ("rtsp://cam/user=eve&password=a1&channel=1", "rtsp://cam/user=eve&password=***&channel=1"),
        ("/home/a:b@c", "/home/a:b@c"),
        ("camera:0", "camera:0"),
        ("simulated:?seed=1&fields=3", "simulated:?seed=1&fields=3"),
    ],
)
def test_what_opens_an_address_is_hidden_and_the_rest_stays(uri: str, shown: str):
    assert without_secrets(uri) == shown


@given(st.sampled_from(["rtsp", "http", "redis", "rediss"]), PASSWORDS)
def test_no_password_is_shown_however_it_is_written(scheme: str, password: str):
    address = f"{scheme}://eve:{password}@host:123/a?b=1"
    assert SECRET not in without_secrets(address)
    assert SECRET not in public_name(address)
    assert SECRET not in redacted(f"no answer from {address}, trying again")


def test_a_text_is_left_alone_but_for_its_addresses():
    text = "a: 12:30 b@c; unix:///run/x.sock and http://e:pw@h/ end"
    assert redacted(text) == text.replace("pw", "***")
