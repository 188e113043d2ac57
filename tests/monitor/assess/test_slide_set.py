"""Reading a set of labelled slides."""

import pytest

from config import UsageError
from monitor.assess import read_set

RBC = 5_000_000


@pytest.fixture
def new_set(tmp_path):
    """``new_set(text)`` writes slides.csv beside a folder ``a`` and a file ``b.png``."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b.png").touch()

    def new_set(text):
        (tmp_path / "slides.csv").write_text(text)
        return tmp_path

    return new_set


def test_labels_and_densities_are_read(new_set):
    text = "source,label,parasites_per_ul,infected,cells\na,negative,,,\nb.png,positive,,3,1000\n"
    slides = read_set(new_set(text + "b.png,positive,1500,,\na,positive,,,\n"), RBC)
    assert [one.label for one in slides] == ["negative", "positive", "positive", "positive"]
    assert [one.parasites_per_ul for one in slides] == [None, 15_000, 1500, None]


def test_paths_are_those_of_the_set_and_uris_stay(new_set):
    folder = new_set("source,label\na,negative\nrtsp://there/a,negative\n")
    first, second = read_set(folder, RBC)
    assert first.source == str(folder / "a")
    assert second.source == "rtsp://there/a"


def test_the_truth_of_a_simulated_slide_is_known(new_set):
    text = "source\nsimulated:?fields=4&parasitemia=0\nsimulated:?fields=40&parasitemia=0.2\n"
    clean, infected = read_set(new_set(text), RBC)
    assert (clean.label, clean.parasites_per_ul) == ("negative", 0.0)
    assert infected.label == "positive"
    assert infected.parasites_per_ul == pytest.approx(0.2 * RBC, rel=0.1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sauce,label\na,negative\n", "unknown column 'sauce'; did you mean 'source'"),
        ("label\nnegative\n", "column 'source' is missing"),
        ("source,label\n", "lists no slide"),
        ("", "column 'source' is missing"),
        ("source,label\na\n", "line 2: as many values"),
        ("source,label\na,negative,more\n", "line 2: as many values"),
        ("source,label\na,ill\n", "label 'ill' is neither"),
        ("source,label\na,\n", "label is empty"),
        ("source,label\n,negative\n", "source is empty"),
        ("source,label\nc,negative\n", "c does not exist"),
        ("source,label,parasites_per_ul\na,negative,7\n", "does not fit 7 parasites"),
        ("source,label,parasites_per_ul\na,positive,-7\n", "'-7' is not a number"),
        ("source,label,parasites_per_ul\na,positive,nan\n", "'nan' is not a number"),
        ("source,label,infected\na,positive,7\n", "are given together"),
        ("source,label,infected,cells\na,positive,7,3\n", "makes no sense"),
        ("source,label\nsimulated:?field=3,\n", "unknown key 'field'"),
        ("source\nsimulated:?motion=walk\n", "has no end; add frames=N"),
        ("source,label\nsimulated:?fields=3&parasitemia=0,positive\n", "does not fit 0"),
    ],
)
def test_what_makes_no_sense_is_named_in_one_line(text, said, new_set):
    with pytest.raises(UsageError, match=r"slides\.csv") as error:
        read_set(new_set(text), RBC)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_without_a_list_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"a set is a folder with slides\.csv, columns source"):
        read_set(tmp_path, RBC)


def test_a_list_that_is_no_text_is_named(tmp_path):
    (tmp_path / "slides.csv").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(UsageError, match="not CSV in UTF-8"):
        read_set(tmp_path, RBC)
