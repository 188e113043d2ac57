"""A slide id is a key and may become a name of a file: nothing else gets through."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import UsageError
from monitor.store import check_slide_id
from monitor.store.keys import SlideKeys, is_slide_id


@given(st.text() | st.text("aZ09._-/\\{}*:\0\n ", max_size=70))
def test_what_is_taken_is_plain(slide_id: str):
    try:
        keys = SlideKeys.of(slide_id)
    except UsageError as error:
        assert len(str(error).splitlines()) == 1
        return
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", slide_id, re.ASCII)
    assert not slide_id.startswith((".", "-"))
    assert all(key.startswith(f"slide:{{{slide_id}}}") for key in keys.all())


@pytest.mark.parametrize(
    "slide_id",
    [
        "",
        ".",
        "..",
        "../a",
        "a/b",
        "a\\b",
        "-rf",
        ".hidden",
        "a\x00",
        "a\n",
        "\na",
        "a b",
        "a}",
        "{a",
        "a:b",
        "a*",
        "аbc",
        "ａ",
        "a\u202e",
        "é",
        "①",
        "١",
        "�",
        "a" * 65,
        "CON:",
        "%2e%2e",
        "$(id)",
        "`id`",
        "a;b",
        "'",
        '"',
        "<b>",
    ],
)
def test_what_would_leave_its_place_or_look_like_another_is_refused(slide_id: str):
    with pytest.raises(UsageError, match="is not valid"):
        check_slide_id(slide_id)


@given(st.binary(max_size=80))
def test_what_redis_lists_is_a_slide_or_is_passed_over(listed: bytes):
    if is_slide_id(listed):
        assert check_slide_id(listed.decode()) == listed.decode()
