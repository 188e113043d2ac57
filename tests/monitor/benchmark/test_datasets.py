"""Data sets are found in a folder or below it, and parts of them are contiguous blocks."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.benchmark.annotations import AnnotationError
from monitor.benchmark.datasets import DataError, find_sets, is_set, part_of, spread
from monitor.sources import SourceError

NewSet = Callable[..., Path]
Marks = list[dict[str, object]]


def test_one_folder_is_one_set_sorted_by_name(new_set: NewSet, boxes: Marks) -> None:
    folder = new_set("one", {"b.png": boxes, "a.png": boxes})
    (found,) = find_sets(folder)
    assert is_set(folder)
    assert found.name == "one"
    assert [field.path.name for field in found.fields] == ["a.png", "b.png"]
    assert found.annotated


def test_a_folder_of_sets_gives_each_and_passes_over_what_is_none(
    new_set: NewSet, boxes: Marks, tmp_path: Path
) -> None:
    new_set("two", {"a.png": boxes})
    new_set("bare", None)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "digits.npz").write_bytes(b"1")
    found = find_sets(tmp_path)
    assert not is_set(tmp_path)
    assert [(each.name, each.annotated) for each in found] == [("bare", False), ("two", True)]


def test_pictures_beside_the_annotations_are_found_too(new_set: NewSet, boxes: Marks) -> None:
    folder = new_set("flat", {"a.png": boxes})
    (folder / "images" / "a.png").rename(folder / "a.png")
    (found,) = find_sets(folder)
    assert found.fields[0].path == folder / "a.png"


def test_a_missing_folder_is_named_with_its_neighbour(new_set: NewSet, tmp_path: Path) -> None:
    new_set("malaria-fields", None)
    with pytest.raises(SourceError, match=r"malaria-field does not exist; there is .*-fields"):
        find_sets(tmp_path / "malaria-field")


def test_a_file_is_no_data_set(new_set: NewSet) -> None:
    with pytest.raises(DataError, match="is a file; give the folder"):
        find_sets(new_set("one", None) / "images" / "a.png")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no picture"):
        find_sets(tmp_path)


def test_a_picture_that_is_missing_is_named(new_set: NewSet, boxes: Marks) -> None:
    folder = new_set("one", {"a.png": boxes, "b.png": boxes})
    (folder / "images" / "b.png").unlink()
    with pytest.raises(DataError, match=r"annotations.json lists b.png, which is not in"):
        find_sets(folder)


def test_annotations_without_an_image_are_refused(new_set: NewSet) -> None:
    with pytest.raises(AnnotationError, match="lists no image"):
        find_sets(new_set("one", {}))


@given(st.integers(0, 400))
def test_tuned_and_held_share_out_all_fields_in_order(count: int) -> None:
    fields = range(count)
    tuned, held = part_of(fields, "tuned"), part_of(fields, "held")
    assert sorted([*tuned, *held]) == list(part_of(fields, "all")) == list(fields)
    assert list(tuned) == sorted(tuned)
    assert list(held) == sorted(held)


@given(st.integers(9, 400))
def test_parts_are_few_contiguous_blocks(count: int) -> None:
    tuned = set(part_of(range(count), "tuned"))
    changes = sum((one in tuned) != (one + 1 in tuned) for one in range(count - 1))
    assert changes == 5
    assert abs(len(tuned) - count / 3) <= 3


@given(st.integers(1, 300), st.integers(1, 300) | st.none())
def test_a_choice_is_spread_over_all_without_repeats(count: int, wanted: int | None) -> None:
    chosen = list(spread(range(count), wanted))
    assert len(chosen) == min(count, wanted or count)
    gaps = [later - one for one, later in pairwise(chosen)]
    assert all(gap >= 1 for gap in gaps)
    assert not gaps or max(gaps) - min(gaps) <= 1
    assert chosen[0] == 0
