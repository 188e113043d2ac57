"""Annotations are read in the formats of the data, and refused in one line that says where."""

import json
from pathlib import Path

import numpy as np
import pytest

from monitor.benchmark.annotations import AnnotationError, Truth, read_annotations


def read(folder: Path, cells: object) -> Truth:
    path = folder / "annotations.json"
    path.write_text(json.dumps([{"image": "a.jpg", "cells": cells}]))
    return read_annotations(path)["a.jpg"]


def test_boxes_become_centres_and_diameters(tmp_path: Path) -> None:
    marks = [
        {"label": "uninfected", "box_xywh": [10, 20, 40, 90]},
        {"label": "WBC", "box_xywh": [0, 0, 9, 9]},
        {"label": "ring", "box_xywh": [0, 0, 10, 10]},
        {"label": "difficult", "box_xywh": [5, 5, 10, 10]},
        {"label": "Platelets", "box_xywh": [0, 0, 9, 9]},
    ]
    truth = read(tmp_path, marks)
    np.testing.assert_array_equal(truth.centres, [(65, 30), (5, 5), (10, 10)])
    np.testing.assert_array_equal(truth.diameters, [60, 10, 10])
    assert truth.infected.tolist() == [False, True, False]
    assert truth.unknown.tolist() == [False, False, True]


def test_points_have_no_diameter(tmp_path: Path) -> None:
    truth = read(tmp_path, [{"centre_xy": [10, 20], "type": 3}, {"centre_xy": [1, 2], "type": 0}])
    np.testing.assert_array_equal(truth.centres, [(20, 10), (2, 1)])
    assert truth.diameters is None
    assert not truth.infected.any()


def test_a_field_without_cells_is_a_truth_too(tmp_path: Path) -> None:
    truth = read(tmp_path, [])
    assert truth.centres.shape == (0, 2)
    assert truth.diameters is not None


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([{"polygon": [1, 2, 3]}], "image a.jpg, cell 0 has no box_xywh with a label"),
        ([{"box_xywh": [1, 2, 3, 4]}], "image a.jpg, cell 0 has no box_xywh with a label"),
        (
            [{"centre_xy": [1, 2]}, {"label": "RBC", "box_xywh": [1, 2, 3, 4]}],
            "image a.jpg, cell 0 has no box_xywh",
        ),
        ([{"label": "RBC", "box_xywh": [1, 2, 3]}], "box_xywh"),
        ([{"label": "RBC", "box_xywh": [1, 2, -3, 4]}], "box_xywh"),
        ([{"label": "RBC", "box_xywh": "1 2 3 4"}], "$[0].cells[0].box_xywh"),
        ([{"label": "rocket", "box_xywh": [1, 2, 3, 4]}], "'rocket', which is unknown; use"),
        ({"a": 1}, "$[0].cells"),
    ],
)
def test_an_annotation_of_another_shape_is_refused_with_its_place(
    tmp_path: Path, cells: object, said: str
) -> None:
    with pytest.raises(AnnotationError) as refused:
        read(tmp_path, cells)
    assert said in str(refused.value)
    assert str(tmp_path / "annotations.json") in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "[{", '{"image": 1}', "[1]", '[{"image": "a"}]', "\xff"])
def test_a_malformed_file_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "annotations.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(AnnotationError, match="correct or remove it") as refused:
        read_annotations(path)
    assert "\n" not in str(refused.value)
