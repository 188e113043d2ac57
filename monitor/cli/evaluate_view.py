"""Evaluations as tables for a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from workers.evaluation.measured import Measured
    from workers.evaluation.run import ModelOnSet

UNKNOWN = "-"
FIGURES = {
    "auroc": "AUROC",
    "auprc": "AUPRC",
    "sensitivity_at_specificity_95": "sensitivity at 95 % specificity",
    "sensitivity_at_specificity_99": "sensitivity at 99 % specificity",
    "sensitivity_at_specificity_999": "sensitivity at 99.9 % specificity",
    "sensitivity_at_false_positive_rate_1e-3": "sensitivity, 1 false in 1,000",
    "sensitivity_at_false_positive_rate_1e-4": "sensitivity, 1 false in 10,000",
    "specificity_at_sensitivity_90": "specificity at 90 % sensitivity",
    "false_positives_per_million_at_sensitivity_50": "false in a million at 50 % sensitivity",
    "false_positives_per_million_at_sensitivity_90": "false in a million at 90 % sensitivity",
    "sensitivity_at_threshold": "sensitivity (recall) at the threshold",
    "specificity_at_threshold": "specificity at the threshold",
    "false_positives_per_million_at_threshold": "false in a million at the threshold",
    "precision": "precision at the threshold",
    "f1": "F1 at the threshold",
    "balanced_accuracy": "balanced accuracy at the threshold",
}
FEW_GROUPS = 10
AREAS = ("auroc", "auprc", "f1")
STAGES = {
    "auroc": "AUROC",
    "sensitivity_at_threshold": "sensitivity",
    "sensitivity_at_specificity_95": "at 95 %\nspecificity",
    "sensitivity_at_specificity_99": "at 99 %\nspecificity",
}


def evaluation_view(result: "ModelOnSet") -> Group:
    """Lay out one evaluation: its figures, what is to be known of them, those of each stage."""
    return Group(
        Text(_title(result), style="bold"),
        _figures(result),
        *(Text(line, style="dim") for line in _notes(result)),
        _stages(result),
        "",
    )


def _figures(result: "ModelOnSet") -> Table:
    found = result.evaluation
    table = Table("", "", "95 % interval")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, words in FIGURES.items():
        table.add_row(words, _value(found.measured, name), _interval(found.measured, name))
    if found.sensitivity_per_annotated_cell is not None:
        share = f"{found.sensitivity_per_annotated_cell:.1%}"
        table.add_row("sensitivity of all annotated, at the threshold", share)
    return table


def _title(result: "ModelOnSet") -> str:
    found = result.evaluation
    colour = ", without colour" if result.grey else ""
    return (
        f"{result.model} on {result.data}, {_part(result)}{colour}: {found.healthy:,} healthy and "
        f"{found.infected:,} infected cells of {found.groups} groups, {found.unscored:,} unscored"
    )


def _part(result: "ModelOnSet") -> str:
    return "all cells" if result.part == "all" else "the held-out part"


def _notes(result: "ModelOnSet") -> Iterator[str]:
    found = result.evaluation
    matrix = found.confusion_matrix
    yield (
        f"at threshold {found.threshold:.5g}: infected {matrix.true_positives:,} flagged, "
        f"{matrix.false_negatives:,} not; healthy {matrix.false_positives:,} flagged, "
        f"{matrix.true_negatives:,} not"
    )
    if found.missed_by_segmenter is not None:
        counts = ", ".join(f"{n:,} {name}" for name, n in found.missed_by_segmenter.items())
        yield f"infected cells that the segmenter did not deliver: {counts or 'none'}"
    if "intervals" not in found.measured.reasons and found.groups < FEW_GROUPS:
        yield f"intervals of only {found.groups} groups are too narrow"
    for name, why in found.measured.reasons.items():
        yield f"{_words(name)}: {why}"


def _words(name: str) -> str:
    return FIGURES.get(name, name.replace("_", " "))


def _stages(result: "ModelOnSet") -> Table:
    table = Table("stage", "cells", *STAGES.values())
    for column in table.columns[1:]:
        column.justify = "right"
    for name, stage in result.evaluation.by_stage.items():
        row = (_with_interval(stage.measured, figure) for figure in STAGES)
        table.add_row(name, f"{stage.cells:,}", *row)
    return table


def _with_interval(measured: "Measured", name: str) -> str:
    interval = measured.intervals[name]
    value = _value(measured, name)
    if interval is None:
        return value
    low, high = (f"{each:.3f}" if name in AREAS else f"{each:.0%}" for each in interval)
    return f"{value}\n[dim]{low}-{high}[/dim]"


def _value(measured: "Measured", name: str) -> str:
    value = measured.figures[name]
    return UNKNOWN if value is None else _say(name, value)


def _interval(measured: "Measured", name: str) -> str:
    interval = measured.intervals[name]
    if interval is None:
        return UNKNOWN
    low, high = (_say(name, value) for value in interval)
    return f"{low} to {high}"


def _say(name: str, value: float) -> str:
    if name.startswith("false_positives_per_million"):
        return f"{value:,.0f}"
    return f"{value:.4f}" if name in AREAS else f"{value:.1%}"
