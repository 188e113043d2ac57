"""A small file of YAML makes no large tree, runs nothing and ends in one line."""

from pathlib import Path

import pytest

from config import UsageError, load
from config.read_yaml import MAX_BYTES, BrokenYamlError, read_yaml

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{after}: &{after} [*{before}, *{before}, *{before}, *{before}]\n"
    for before, after in zip("abcdefghijklmno", "bcdefghijklmnop", strict=True)
)
MERGES = "a: &a {k: v}\n" + "".join(
    f"{after}: &{after} {{<<: [*{before}, *{before}, *{before}, *{before}]}}\n"
    for before, after in zip("abcdefghijklmno", "bcdefghijklmnop", strict=True)
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LAUGHS, "alias"),
        (MERGES, "alias"),
        ("store: &s {url: *s}", "alias"),
        ("[" * 20_000, "deep"),
        ("{a: " * 20_000, "deep"),
        ("a: " + "9" * 10_000, "holds a value"),
        ("a: 2024-13-45", "month"),
        ("a: !!python/object/apply:os.system [true]", "python/object"),
        ("a: !!binary é", "ascii"),
        ("a\0b: 1", "broken"),
        ("x" * (MAX_BYTES + 1), "longer"),
    ],
    ids=lambda value: value[:12],
)
def test_what_would_grow_or_run_is_refused(text: str, words: str):
    with pytest.raises(BrokenYamlError, match=words):
        read_yaml(text)


def test_a_merge_without_alias_is_read():
    assert read_yaml("a: {<<: {b: 1}, c: 2}")[0] == {"a": {"b": 1, "c": 2}}


@pytest.mark.parametrize(
    "text",
    [
        "store: {url: [redis://:s3cr3t@host]}",
        "redis://:s3cr3t@host",
        "- redis://:s3cr3t@host",
        "worker: {count: redis://:s3cr3t@host}",
        "store: {redis://:s3cr3t@host: 1}",
    ],
)
def test_a_mistake_with_a_password_in_it_is_told_without_it(text: str, tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        load(file, environ={})
    assert "s3cr3t" not in str(caught.value)
    assert "s3cr3t" not in str(caught.value.__cause__)


@pytest.mark.parametrize("size", ["9" * 400, "0x" + "f" * 4000, "1e308", "-1e308"])
@pytest.mark.parametrize("key", ["worker.credits", "dispatch.lease_s", "source.open_timeout_s"])
def test_a_number_beyond_all_sense_is_refused(key: str, size: str, tmp_path: Path):
    section, _, name = key.partition(".")
    file = tmp_path / "mine.yaml"
    file.write_text(f"{section}: {{{name}: {size}}}\n")
    with pytest.raises(UsageError) as caught:
        load(file, environ={})
    assert len(str(caught.value)) < 500
