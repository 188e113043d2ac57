import pytest

from config import UsageError
from monitor.store.keys import SlideKeys, check_slide_id


@pytest.mark.parametrize("slide_id", ["a", "Slide_7.b-2", "x" * 64, "_", "0"])
def test_valid_slide_ids_pass(slide_id):
    assert check_slide_id(slide_id) == slide_id


@pytest.mark.parametrize(
    "slide_id", ["", ".a", "-a", "a b", "a/b", "a{b}", "ä", "x" * 65, "a\n", "../a"]
)
def test_other_slide_ids_are_refused_saying_what_is_allowed(slide_id):
    with pytest.raises(UsageError, match="use 1 to 64 letters"):
        check_slide_id(slide_id)


def test_all_keys_of_a_slide_share_its_hash_tag():
    keys = SlideKeys.of("a.b").all()
    assert len(set(keys)) == len(keys) == 19
    assert all(key.startswith("slide:{a.b}") for key in keys)
